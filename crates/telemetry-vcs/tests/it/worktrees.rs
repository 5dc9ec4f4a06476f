//! Worktrees: created, active, removed, however each of it ends.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use telemetry_vcs::{Creation, Worktrees};

use crate::fixture::{ACTIVE, CREATION, ERRORS, Fixture};

type End = fn(Creation);

/// How many durations, how many failures, the error's type, the outcome.
type Recorded = (u64, f64, Option<&'static str>, &'static str);

#[test]
fn a_creation_is_measured_if_it_succeeds_and_counted_if_it_fails() {
    let panics: End = |creation| {
        let panicked = catch_unwind(AssertUnwindSafe(move || {
            let _creation = creation;
            panic!("while git was asked");
        }));
        assert!(panicked.is_err());
    };
    let ends: [(&str, End, Recorded); 6] = [
        ("succeed", |creation| drop(creation.succeed("/nowhere")), (1, 0.0, None, "success")),
        ("fail", |creation| creation.fail("git"), (0, 1.0, Some("git"), "error")),
        ("timeout", |creation| creation.timeout(), (0, 1.0, Some("timeout"), "timeout")),
        ("cancel", |creation| creation.cancel(), (0, 0.0, None, "cancelled")),
        ("drop", drop, (0, 0.0, None, "cancelled")),
        ("panic", panics, (0, 1.0, Some("panic"), "error")),
    ];
    for (what, end, (measured, failed, error_type, outcome)) in ends {
        let fixture = Fixture::new();
        end(fixture.worktrees.creation("board", "wt-7").branch("agent/x").start());
        let metrics = fixture.metrics();
        let count = metrics
            .find(CREATION, &[("project_id", "board")])
            .map_or(0, |point| point.histogram().map_or(0, |histogram| histogram.count));
        assert_eq!(count, measured, "{what}");
        let code = [("error_code", "WORKTREE_CREATION_FAILED"), ("component", "worktree")];
        assert_eq!(metrics.total(ERRORS, &code), failed, "{what}");
        let span = fixture.span("worktree.create");
        span.assert_error(error_type);
        for (key, value) in
            [("project_id", "board"), ("worktree_id", "wt-7"), ("vcs.ref.head.name", "agent/x"), ("outcome", outcome)]
        {
            span.assert_attribute(key, value);
        }
    }
}

#[test]
fn worktrees_count_while_they_are_there() {
    let fixture = Fixture::new();
    let create = |project: &str, id: &str| fixture.worktrees.create(project, id).succeed("/nowhere");
    let (first, second) = (create("board", "wt-1"), create("board", "wt-2"));
    let adopted = fixture.worktrees.adopt("shop", "wt-3", "/nowhere");
    assert_eq!((fixture.active("board"), fixture.active("shop")), (Some(2.0), Some(1.0)));
    // An adopted one was not created now.
    fixture.assert_no_series(CREATION, &[("project_id", "shop")]);
    first.removal().succeed();
    assert_eq!(fixture.active("board"), Some(1.0));
    // To drop what is removed takes nothing away again.
    drop(first);
    assert_eq!(fixture.active("board"), Some(1.0));
    drop((second, adopted));
    fixture.assert_no_series(ACTIVE, &[]);
}

#[test]
fn a_removal_that_does_not_succeed_leaves_the_worktree_as_it_was() {
    let fixture = Fixture::new();
    let worktree = fixture.worktrees.adopt("board", "wt-1", "/nowhere");
    worktree.removal().because(&io::Error::other("it is locked")).fail("git");
    let log = fixture.log("worktree removal failed");
    log.assert_severity("WARN");
    log.assert_attribute("error_message", "it is locked");
    log.assert_attribute("worktree_id", "wt-1");
    worktree.removal().cancel();
    drop(worktree.removal());
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _removal = worktree.removal();
        panic!("while git was asked");
    }));
    assert!(panicked.is_err());
    assert_eq!(fixture.active("board"), Some(1.0));
    // One that succeeds after the handle is gone counts once.
    let removal = worktree.removal();
    drop(worktree);
    assert_eq!(fixture.active("board"), Some(1.0));
    removal.succeed();
    fixture.assert_no_series(ACTIVE, &[]);
    let outcomes: Vec<_> = fixture
        .spans()
        .named("worktree.remove")
        .iter()
        .map(|span| span.attribute("outcome").map(str::to_owned))
        .collect();
    assert_eq!(outcomes.iter().flatten().collect::<Vec<_>>(), ["error", "cancelled", "cancelled", "error", "success"]);
    // A removal that fails is no creation that does.
    fixture.assert_total(ERRORS, &[], 0.0);
}

#[test]
fn a_registered_project_counts_from_zero() {
    let fixture = Fixture::new();
    fixture.worktrees.register("board");
    assert_eq!(fixture.active("board"), Some(0.0));
    let worktree = fixture.worktrees.adopt("board", "wt-1", "/nowhere");
    assert_eq!(fixture.active("board"), Some(1.0));
    drop(worktree);
    assert_eq!(fixture.active("board"), Some(0.0));
}

#[test]
fn all_entries_of_one_meter_count_together() {
    let fixture = Fixture::new();
    let other = Worktrees::new(fixture.meter());
    let first = fixture.worktrees.adopt("board", "wt-1", "/nowhere");
    let second = other.adopt("board", "wt-2", "/nowhere");
    assert_eq!(fixture.active("board"), Some(2.0));
    drop(first);
    assert_eq!(fixture.active("board"), Some(1.0));
    drop(second);
}

#[test]
fn threads_that_come_and_go_leave_nothing_behind() {
    let fixture = Fixture::new();
    let kept = fixture.worktrees.adopt("board", "wt-0", "/nowhere");
    thread::scope(|scope| {
        for number in 0..4 {
            let worktrees = fixture.worktrees.clone();
            scope.spawn(move || {
                for round in 0..200 {
                    drop(worktrees.adopt("board", &format!("wt-{number}-{round}"), "/nowhere"));
                }
            });
        }
    });
    assert_eq!(fixture.active("board"), Some(1.0));
    drop(kept);
    fixture.assert_no_series(ACTIVE, &[]);
}

#[test]
fn changes_of_state_are_said_at_info_and_failures_at_error() {
    let fixture = Fixture::new();
    let creation = fixture.worktrees.creation("board", "wt-7").branch("agent/x").start();
    let worktree = creation.succeed("/srv/worktrees/wt-7");
    let log = fixture.log("worktree created");
    log.assert_severity("INFO");
    for (key, value) in
        [("worktree_id", "wt-7"), ("project_id", "board"), ("branch", "agent/x"), ("path", "/srv/worktrees/wt-7")]
    {
        log.assert_attribute(key, value);
    }
    log.assert_in(&fixture.span("worktree.create"));
    worktree.removal().succeed();
    fixture.log("worktree removed").assert_severity("INFO");

    let failing = fixture.worktrees.creation("board", "wt-8").branch("agent/y").start();
    failing.because(&io::Error::other("branch exists, says ghp_0123456789abcdefghijABCDEFGHIJ456789")).fail("git");
    let log = fixture.log("worktree creation failed");
    log.assert_severity("ERROR");
    log.assert_attribute("branch", "agent/y");
    log.assert_attribute("error_type", "git");
    assert!(log.attribute("error_message").is_some_and(|why| why.starts_with("branch exists")), "{log:?}");
    fixture.assert_nowhere("ghp_0123456789");
}

#[test]
fn what_is_done_within_a_guard_is_below_its_span() {
    let fixture = Fixture::new();
    let creation = fixture.worktrees.create("board", "wt-7");
    creation.in_scope(|| tracing::info_span!("git").in_scope(|| ()));
    let worktree = creation.succeed("/nowhere");
    let (git, create) = (fixture.span("git"), fixture.span("worktree.create"));
    assert_eq!(git.parent_span_id.as_ref(), Some(&create.span_id));
    let removal = worktree.removal();
    removal.in_scope(|| tracing::info_span!("prune").in_scope(|| ()));
    removal.succeed();
    let (prune, remove) = (fixture.span("prune"), fixture.span("worktree.remove"));
    assert_eq!(prune.parent_span_id.as_ref(), Some(&remove.span_id));
}

#[test]
fn names_that_are_none_are_left_out_and_counted() {
    let fixture = Fixture::new();
    let long = "p".repeat(10_000);
    let worktree = fixture.worktrees.create(&long, &long).succeed("/nowhere");
    fixture.assert_no_series(ACTIVE, &[]);
    fixture.metrics().assert_histogram_count(CREATION, &[("project_id", "_other")], 1);
    fixture.assert_nowhere(&long);
    drop(worktree);
}
