//! Waiting for a workflow, in paused time.

use std::future::{Ready, ready};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Duration;

use telemetry_runtime::{Backoff, BackoffError, Executions, PollState, WaitError, Workflows};
use tokio::time::Instant;

use crate::fixture::{Fixture, NAMES};

const LABEL: (&str, &str) = ("workflow_id", "flow-1");

fn doubling() -> Backoff {
    Backoff::new(Duration::from_millis(100), 2.0, Duration::from_secs(1), 0.0).expect("sound pauses")
}

#[tokio::test(start_paused = true)]
async fn polls_grow_apart_until_the_workflow_is_done() {
    let fixture = Fixture::new();
    let workflows = Workflows::new(fixture.meter());
    let started = Instant::now();
    let mut times = Vec::new();
    let result: Result<&str, WaitError<io::Error>> = workflows
        .wait("flow-1", Duration::from_secs(60))
        .backoff(doubling())
        .poll(|| {
            times.push(started.elapsed().as_millis());
            ready(if times.len() < 7 { PollState::running("RUNNING") } else { PollState::Completed("result") })
        })
        .await;
    assert_eq!(result.expect("it completes"), "result");
    assert_eq!(times, [0, 100, 300, 700, 1500, 2500, 3500]);

    let metrics = fixture.metrics();
    metrics.assert_counter(NAMES.polls, &[LABEL, ("outcome", "completed")], 7.0);
    assert_eq!(metrics.series_count(NAMES.polls), 1);
    let duration = metrics.histogram(NAMES.poll_duration, &[LABEL]);
    assert_eq!((duration.count, duration.sum), (1, 3.5));

    let span = fixture.span("workflow.wait_completion");
    span.assert_attribute("total_iterations", "7");
    assert!(!span.is_error());
    let events = span.events_named("poll_iteration");
    let told: Vec<_> =
        events.iter().map(|event| (event.attributes["attempt"].as_str(), event.attributes["state"].as_str())).collect();
    let expected = ["1", "2", "3", "4", "5", "6"].map(|attempt| (attempt, "RUNNING"));
    assert_eq!(told[..6], expected);
    assert_eq!(told[6..], [("7", "completed")]);

    let log = fixture.log("workflow wait ended");
    assert_eq!(log.severity, "DEBUG");
    for (key, value) in [("workflow_id", "flow-1"), ("outcome", "completed"), ("polls", "7"), ("duration_ms", "3500")] {
        log.assert_attribute(key, value);
    }
    assert_eq!(log.span_id, Some(span.span_id));
    assert_eq!(fixture.logs().len(), 1, "polls are events of the span alone");
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_a_pause_and_a_poll_under_way() {
    for poll_takes in [Duration::ZERO, Duration::from_secs(3600)] {
        let fixture = Fixture::new();
        let workflows = Workflows::new(fixture.meter());
        let started = Instant::now();
        let result: Result<(), _> = workflows
            .wait("flow-1", Duration::from_millis(1000))
            .backoff(doubling())
            .poll(async || {
                tokio::time::sleep(poll_takes).await;
                PollState::<(), io::Error>::running("RUNNING")
            })
            .await;
        let polls = if poll_takes.is_zero() { 4 } else { 1 };
        let error = result.expect_err("it never completes");
        assert!(matches!(error, WaitError::TimedOut { polls: counted, .. } if counted == polls), "{error}");
        assert_eq!(started.elapsed().as_secs(), 1);
        let metrics = fixture.metrics();
        metrics.assert_counter(NAMES.polls, &[LABEL, ("outcome", "timeout")], polls as f64);
        metrics.assert_histogram_count(NAMES.poll_duration, &[LABEL], 1);
        let span = fixture.span("workflow.wait_completion");
        span.assert_attribute("error.type", "timeout");
        assert!(span.is_error());
        let log = fixture.log("workflow wait failed");
        assert_eq!((log.severity.as_str(), log.attribute("error_type")), ("WARN", Some("timeout")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_poll_ends_the_wait() {
    let fixture = Fixture::new();
    let workflows = Workflows::new(fixture.meter());
    let mut polls = 0;
    let result: Result<(), _> = workflows
        .wait("flow-1", Duration::from_secs(60))
        .poll(|| {
            polls += 1;
            ready(if polls < 3 { PollState::running("RUNNING") } else { PollState::Failed(io::Error::other("gone")) })
        })
        .await;
    assert!(matches!(result, Err(WaitError::Failed(_))), "{result:?}");
    fixture.assert_counter(NAMES.polls, &[LABEL, ("outcome", "error")], 3.0);
    let span = fixture.span("workflow.wait_completion");
    span.assert_attribute("total_iterations", "3");
    span.assert_attribute("error.type", "error");
    fixture.log("workflow wait failed").assert_attribute("outcome", "error");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_wait_counts_its_duration_alone() {
    let fixture = Fixture::new();
    let workflows = Workflows::new(fixture.meter());
    let wait = workflows
        .wait("flow-1", Duration::from_secs(60))
        .backoff(doubling())
        .poll(async || PollState::<(), io::Error>::running("RUNNING"));
    assert!(tokio::time::timeout(Duration::from_secs(2), wait).await.is_err());

    let metrics = fixture.metrics();
    metrics.assert_absent(NAMES.polls, &[]);
    assert_eq!(metrics.histogram(NAMES.poll_duration, &[LABEL]).sum, 2.0);
    let span = fixture.span("workflow.wait_completion");
    span.assert_attribute("outcome", "cancelled");
    assert!(!span.is_error());
    assert_eq!(fixture.log("workflow wait ended").severity, "DEBUG");
}

#[test]
fn a_panic_of_a_poll_is_no_outcome_of_the_workflow() {
    let fixture = Fixture::new();
    let workflows = Workflows::new(fixture.meter());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let wait = workflows.wait("flow-1", Duration::from_secs(60)).poll(|| -> Ready<PollState<(), io::Error>> {
        panic!("out of range");
    });
    let panicked = catch_unwind(AssertUnwindSafe(|| runtime.block_on(wait)));
    panicked.expect_err("the poll panics");

    let metrics = fixture.metrics();
    metrics.assert_absent(NAMES.polls, &[]);
    metrics.assert_histogram_count(NAMES.poll_duration, &[LABEL], 1);
    let span = fixture.span("workflow.wait_completion");
    span.assert_attribute("outcome", "cancelled");
    span.assert_attribute("error.type", "panic");
    assert!(span.is_error());
    assert_eq!(fixture.log("workflow wait failed").severity, "ERROR");
}

#[tokio::test(start_paused = true)]
async fn waiting_is_a_child_of_the_execution_and_can_be_spawned() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    let workflows = Workflows::new(fixture.meter());
    let execution = executions.start_workflow("flow-1", "exec-1");
    let states = Mutex::new(vec![PollState::<u8, io::Error>::Completed(7), PollState::running("RUNNING")]);
    let workflow_id = format!("flow-{}", 1);
    // It borrows neither the id nor the entry.
    let wait = workflows.wait(&workflow_id, Duration::from_secs(60));
    drop((workflow_id, workflows));
    let waited =
        execution.instrument(wait.poll(move || ready(states.lock().expect("one at a time").pop().expect("two polls"))));
    let task = tokio::spawn(fixture.capture(waited));
    assert_eq!(task.await.expect("the task ends").expect("it completes"), 7);
    execution.succeed();
    let parent = fixture.span("workflow.execute_sync");
    assert_eq!(fixture.span("workflow.wait_completion").parent_span_id, Some(parent.span_id));
}

#[tokio::test(start_paused = true)]
async fn jitter_varies_the_pauses_within_its_bounds() {
    let fixture = Fixture::new();
    let workflows = Workflows::new(fixture.meter());
    let second = Duration::from_secs(1);
    let backoff = Backoff::new(second, 1.0, 2 * second, 0.5).expect("sound pauses");
    let mut times = Vec::new();
    let _ = workflows
        .wait("flow-1", Duration::from_secs(1000))
        .backoff(backoff)
        .poll(|| {
            times.push(Instant::now());
            ready(PollState::<(), io::Error>::running("RUNNING"))
        })
        .await;
    let pauses: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // Timers of tokio are as coarse as a millisecond.
    let (least, most) = (Duration::from_millis(500), Duration::from_millis(1502));
    assert!(pauses.iter().all(|pause| (least..=most).contains(pause)), "{pauses:?}");
    assert!(pauses.iter().any(|pause| *pause < Duration::from_millis(800)), "{pauses:?}");
    assert!(pauses.iter().any(|pause| *pause > Duration::from_millis(1200)), "{pauses:?}");
}

#[test]
fn pauses_that_cannot_be_are_refused() {
    let second = Duration::from_secs(1);
    let cases = [
        (Duration::ZERO, 2.0, second, 0.0, "backoff initial 0 s is not accepted: more than zero"),
        (second, 0.5, second, 0.0, "backoff factor 0.5 is not accepted: a finite number of at least 1"),
        (second, f64::NAN, second, 0.0, "backoff factor NaN is not accepted: a finite number of at least 1"),
        (2 * second, 2.0, second, 0.0, "backoff max 1s is not accepted: at least the initial 2s"),
        (second, 2.0, second, 1.5, "backoff jitter 1.5 is not accepted: 0 to 1"),
        (second, 2.0, second, -0.1, "backoff jitter -0.1 is not accepted: 0 to 1"),
    ];
    for (initial, factor, max, jitter, expected) in cases {
        let error: BackoffError = Backoff::new(initial, factor, max, jitter).expect_err("it cannot be");
        assert_eq!(error.to_string(), expected);
    }
}
