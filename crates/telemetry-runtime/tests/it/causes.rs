//! A failure says why, on its span and in its log record, and shows no secret.

use std::error::Error;
use std::future::ready;
use std::io;
use std::time::Duration;

use telemetry_runtime::labels::ErrorKind;
use telemetry_runtime::{Executions, PollState, WaitError, Workflows};
use telemetry_testkit::TestTelemetry;
use tokio::process::Command;

use crate::fixture::Fixture;
use crate::processes::sh;

const LONG: Duration = Duration::from_secs(60);

/// What a tool of the application's says.
#[derive(Debug, thiserror::Error)]
#[error("the index cannot be read")]
struct NoIndex(#[source] io::Error);

fn no_index() -> NoIndex {
    NoIndex(io::Error::other("login as postgres://app:hunter2@db failed"))
}

const WHY: &str = "the index cannot be read: login as postgres://app:[redacted]@db failed";

/// Asserts that the one failure said this in its two places.
#[track_caller]
fn assert_why(telemetry: &TestTelemetry, span: &str, log: &str, why: Option<&str>) {
    let (spans, logs) = (telemetry.spans(), telemetry.logs());
    let (span, log) = (spans.one(span), logs.one(log));
    assert_eq!(log.attribute("error_message"), why, "{log}");
    match why {
        Some(why) => assert!(span.to_string().contains(why), "{span}"),
        None => assert!(!span.to_string().contains("index"), "{span}"),
    }
    telemetry.assert_nowhere("hunter2");
}

#[tokio::test]
async fn a_process_that_fails_says_why() {
    let small = telemetry_runtime::Limits { stdout: 1, ..Default::default() };
    for (name, command, limits, why) in [
        (
            "missing",
            Command::new("/nowhere/tool"),
            None,
            "the tool could not be started: No such file or directory (os error 2)",
        ),
        ("failing", sh("echo hunter2 >&2; exit 3", &[]), None, "the tool ended with exit code 3"),
        ("flooding", sh("echo hunter2", &[]), Some(small), "the tool wrote more than 1 bytes to stdout"),
    ] {
        let fixture = Fixture::new();
        let run = fixture.tools.run(name).limits(limits.unwrap_or_default()).start();
        let error = run.execute(command, (), LONG).await.expect_err("it fails");
        assert!(why.starts_with(&error.to_string()), "{error}");
        assert_why(&fixture, "runtime.execute_tool", "tool failed", Some(why));
    }
}

#[test]
fn a_tool_of_this_process_that_fails_says_why() {
    let fixture = Fixture::new();
    fixture.tools.start("tool").because(&no_index()).fail_as("io");
    fixture.assert_run_as("tool", "error", Some(ErrorKind::Execution), Some("io"));
    assert_why(&fixture, "runtime.execute_tool", "tool failed", Some(WHY));

    let boxed: Box<dyn Error + Send + Sync> = no_index().into();
    let fixture = Fixture::new();
    fixture.tools.start("tool").because(boxed.as_ref()).fail(ErrorKind::Execution);
    assert_why(&fixture, "runtime.execute_tool", "tool failed", Some(WHY));
}

#[test]
fn an_end_that_is_no_failure_leaves_the_error_out() {
    let fixture = Fixture::new();
    fixture.tools.start("tool").because(&no_index()).succeed();
    assert_why(&fixture, "runtime.execute_tool", "tool ended", None);
    let telemetry = TestTelemetry::entered();
    drop(Executions::new(telemetry.meter()).start_task("task-1", "tool").because(&no_index()));
    assert_why(&telemetry, "task.execute_sync", "execution ended", None);
    let telemetry = TestTelemetry::entered();
    let execution = Executions::new(telemetry.meter()).start_task("task-1", "tool").because(&no_index());
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        let _execution = execution;
        panic!("on purpose")
    }));
    assert!(unwound.is_err());
    assert_why(&telemetry, "task.execute_sync", "execution failed", None);
}

#[test]
fn an_execution_that_fails_says_why() {
    type End = fn(&Executions);
    let ends: [(&str, End); 5] = [
        ("task.execute_sync", |all| all.start_task("task-1", "tool").because(&no_index()).fail(502)),
        ("agent.execute_sync", |all| all.start_agent("agent-1", "review").because(&no_index()).fail_as("io")),
        ("workflow.execute_sync", |all| all.start_workflow("flow-1", "exec-1").because(&no_index()).timeout()),
        ("agent.prepare", |all| all.start_preparation("agent-1").because(&no_index()).fail_with(404, "unknown")),
        ("agent.execute_sync", |all| {
            all.start_preparation("agent-1").ready("review").start().because(&no_index()).fail(500)
        }),
    ];
    for (span, end) in ends {
        let telemetry = TestTelemetry::entered();
        end(&Executions::new(telemetry.meter()));
        assert_why(&telemetry, span, "execution failed", Some(WHY));
    }
}

#[tokio::test]
async fn a_wait_that_fails_says_why() {
    let telemetry = TestTelemetry::entered();
    let wait = Workflows::new(telemetry.meter()).wait("flow-1", LONG);
    let error = wait.poll(|| ready(PollState::<(), _>::Failed(no_index()))).await.expect_err("it failed");
    assert!(matches!(error, WaitError::Failed(NoIndex(_))));
    assert_why(&telemetry, "workflow.wait_completion", "workflow wait failed", Some(WHY));
}

#[tokio::test(start_paused = true)]
async fn a_wait_whose_time_is_over_says_so() {
    let telemetry = TestTelemetry::builder().with_tokio_time().entered();
    let wait = Workflows::new(telemetry.meter()).wait("flow-1", Duration::from_millis(50));
    let result = wait.poll(|| ready(PollState::<(), NoIndex>::running("RUNNING"))).await;
    assert!(matches!(result, Err(WaitError::TimedOut { polls: 1, .. })), "{result:?}");
    let why = "the workflow was not done after 50 ms and 1 polls";
    assert_why(&telemetry, "workflow.wait_completion", "workflow wait failed", Some(why));
}
