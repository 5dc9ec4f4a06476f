//! After any sequence of what an application says, the gauges are what a naive model counts, and the counters what happened.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::model::Series;
use crate::ops::{Op, ops};
use crate::world::World;

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn gauges_and_counters_are_what_a_naive_model_counts(all in vec(ops(), 1..120)) {
        let mut world = World::new();
        world.apply(Op::CreateProject(0));
        for (number, op) in all.into_iter().enumerate() {
            world.apply(op);
            if number % 16 == 15 {
                let (gauges, _) = world.series();
                assert_same("gauge", &gauges, &world.model.gauges());
            }
        }
        let (gauges, counters) = world.series();
        assert_same("gauge", &gauges, &world.model.gauges());
        let mut expected = world.model.counters.clone();
        expected.retain(|_, value| *value != 0.0);
        assert_same("counter", &counters, &expected);

        // And with all of it gone nothing is left.
        world.runs.clear();
        world.held.clear();
        world.participants.clear();
        for project in &world.projects {
            project.remove();
        }
        prop_assert!(world.series().0.is_empty());
    }
}
