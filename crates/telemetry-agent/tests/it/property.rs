//! After any sequence of what an application says, the gauges are what a naive model counts, and the counters what happened.

use std::collections::BTreeSet;
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::fixture::Fixture;
use crate::model::Series;
use crate::ops::{Op, ops};
use crate::world::{World, series_of};

fn assert_same(what: &str, found: &Series, expected: &Series) {
    let names: BTreeSet<_> = found.keys().chain(expected.keys()).collect();
    for name in names {
        let (found, expected) = (found.get(name), expected.get(name));
        let is_same = match (found, expected) {
            (Some(found), Some(expected)) => (found - expected).abs() < 1e-6,
            (found, expected) => found.is_none() && expected.is_none(),
        };
        assert!(is_same, "{what} {name}: {found:?}, but {expected:?} by the model");
    }
}

/// What several models say together.
fn sum(models: impl IntoIterator<Item = Series>) -> Series {
    let mut sum = Series::new();
    for (name, value) in models.into_iter().flatten() {
        *sum.entry(name).or_insert(0.0) += value;
    }
    sum
}

/// Ends all guards and projects, and asserts that nothing is left.
fn end(fixture: &Fixture, worlds: Vec<World>) {
    for mut world in worlds {
        world.runs.clear();
        world.held.clear();
        world.participants.clear();
        for project in &world.projects {
            project.remove();
        }
    }
    assert_same("gauge", &series_of(fixture).0, &Series::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn gauges_and_counters_are_what_a_naive_model_counts(all in vec(ops(), 1..120)) {
        let fixture = Fixture::new();
        let mut world = World::new(&fixture.agents, "");
        world.apply(Op::CreateProject(0));
        for (number, op) in all.into_iter().enumerate() {
            world.apply(op);
            if number % 16 == 15 {
                assert_same("gauge", &series_of(&fixture).0, &world.model.gauges());
            }
        }
        let (gauges, counters) = series_of(&fixture);
        assert_same("gauge", &gauges, &world.model.gauges());
        let mut expected = world.model.counters.clone();
        expected.retain(|_, value| *value != 0.0);
        assert_same("counter", &counters, &expected);
        end(&fixture, vec![world]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Each thread with agents, tasks and sessions of its own, in projects that are everybody's.
    #[test]
    fn what_threads_say_at_once_adds_up_to_what_their_models_count(all in vec(vec(ops(), 1..80), 3)) {
        let fixture = Fixture::new();
        for project in ["p0", "p1"] {
            fixture.agents.restore_project(project);
        }
        let worlds: Vec<World> = thread::scope(|threads| {
            let at_work: Vec<_> = all
                .into_iter()
                .zip(["x-", "y-", "z-"])
                .map(|(all, prefix)| {
                    let agents = &fixture.agents;
                    threads.spawn(move || {
                        let mut world = World::new(agents, prefix);
                        (0..2).for_each(|project| world.apply(Op::RestoreProject(project)));
                        // Of these one thread would have to know what the others say.
                        let is_for_all = |op: &Op| matches!(op, Op::RemoveProject(_) | Op::Limit(..));
                        all.into_iter().filter(|op| !is_for_all(op)).for_each(|op| world.apply(op));
                        world
                    })
                })
                .collect();
            at_work.into_iter().map(|world| world.join().expect("it is as the model says")).collect()
        });
        let (gauges, counters) = series_of(&fixture);
        assert_same("gauge", &gauges, &sum(worlds.iter().map(|world| world.model.gauges())));
        let mut expected = sum(worlds.iter().map(|world| world.model.counters.clone()));
        expected.retain(|_, value| *value != 0.0);
        assert_same("counter", &counters, &expected);
        end(&fixture, worlds);
    }
}
