//! Which threads measure, in a program of its own: no other test may have some meanwhile.
#![cfg(target_os = "linux")]

use std::fs;

use telemetry_testkit::{TestTelemetry, eventually};
use telemetry_vcs::Worktrees;
use tempfile::TempDir;

/// The threads of this process that measure.
fn measuring() -> usize {
    let tasks = fs::read_dir("/proc/self/task").expect("the threads");
    let names = tasks.flatten().filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.starts_with("telemetry-disk")).count()
}

#[test]
fn one_thread_measures_and_ends_with_the_last_worktree() {
    let telemetry = TestTelemetry::new();
    // With the default interval: the next turn would be in five minutes.
    let worktrees = Worktrees::new(telemetry.meter());
    let folder = TempDir::new().expect("a folder");
    assert_eq!(measuring(), 0);
    for _ in 0..3 {
        let active: Vec<_> = (0..20).map(|n| worktrees.adopt("board", &format!("wt-{n}"), folder.path())).collect();
        let is_measured = |n: usize| {
            let id = format!("wt-{n}");
            telemetry.metrics().value("agentpane_worktree_disk_usage_bytes", &[("worktree_id", &*id)]).is_some()
        };
        eventually("all are measured", || (0..20).all(is_measured)).wait();
        eventually("one thread waits", || measuring() == 1).wait();
        drop(active);
        eventually("none is left", || measuring() == 0).wait();
    }
}
