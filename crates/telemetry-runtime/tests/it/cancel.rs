//! A run whose future is dropped leaves no process, and counts as cancelled.

use std::time::Duration;

use crate::fixture::{Fixture, NAMES};
use crate::processes::{assert_gone, assert_reaped, pids, runs, sh};

const SCRIPT: &str = "trap '' TERM; echo $$ >>$1; sleep 1000 & echo $! >>$1; wait; sleep 1000";

#[tokio::test]
async fn a_dropped_run_kills_its_group() {
    let fixture = Fixture::new();
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("pids");
    let run = fixture.tools.start("tool").execute(sh(SCRIPT, &[&file]), (), Duration::from_secs(600));
    let pids = tokio::select! {
        result = run => panic!("it ended by itself: {result:?}"),
        pids = pids(&file, 2) => pids,
    };
    assert_gone(&pids).await;
    assert_reaped(pids[0]).await;

    fixture.assert_run("tool", "cancelled", None);
    fixture.assert_no_series(NAMES.exits, &[]);
    let span = fixture.span("runtime.execute_tool");
    assert!(!span.is_error(), "{span}");
}

#[test]
fn a_runtime_that_ends_takes_its_runs_along() {
    let fixture = Fixture::new();
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("pids");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let tools = fixture.tools.clone();
    let command = sh(SCRIPT, &[&file]);
    let task = fixture
        .capture(async move { tools.start("tool").execute(command, (), Duration::from_secs(600)).await.is_ok() });
    let pids = runtime.block_on(async {
        tokio::spawn(task);
        pids(&file, 2).await
    });
    assert!(runs(pids[0]));
    drop(runtime);

    let waiting = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    waiting.block_on(assert_gone(&pids));
    fixture.assert_run("tool", "cancelled", None);
}

#[tokio::test]
async fn a_run_that_is_never_polled_is_cancelled_too() {
    let fixture = Fixture::new();
    drop(fixture.tools.start("tool").execute(sh("true", &[]), (), Duration::from_secs(1)));
    fixture.assert_run("tool", "cancelled", None);
}
