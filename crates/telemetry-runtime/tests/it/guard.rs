//! A run that the application ends by itself, and its span and log event.

use std::time::Duration;

use telemetry_core::Label;
use telemetry_core::trace::{self, Sampling};
use telemetry_runtime::labels::ErrorKind;
use telemetry_runtime::{Exit, ToolRun, ToolSettings, Tools};

use crate::fixture::{Fixture, NAMES};
use crate::processes::sh;

#[test]
fn each_error_kind_is_counted_under_its_name() {
    let fixture = Fixture::new();
    for &kind in ErrorKind::ALL {
        let tool = format!("tool-{}", kind.as_str());
        fixture.tools.start(&tool).fail(kind);
        let outcome = if kind == ErrorKind::Timeout { "timeout" } else { "error" };
        fixture.assert_run(&tool, outcome, Some(kind));
    }
}

#[test]
fn success_timeout_and_drop_are_outcomes() {
    let fixture = Fixture::new();
    fixture.tools.start("fine").succeed();
    fixture.assert_run("fine", "success", None);
    fixture.tools.start("slow").timeout();
    fixture.assert_run("slow", "timeout", Some(ErrorKind::Timeout));
    drop(fixture.tools.start("dropped"));
    fixture.assert_run("dropped", "cancelled", None);
}

#[test]
fn a_tool_in_this_process_fails_as_what_the_application_says() {
    let fixture = Fixture::new();
    fixture.tools.start("searching").fail_as("quota");
    fixture.assert_run_as("searching", "error", Some(ErrorKind::Execution), Some("quota"));
    assert_eq!(fixture.log("tool failed").attribute("error_type"), Some("quota"));
    fixture.tools.start("given-up").cancel();
    fixture.assert_run("given-up", "cancelled", None);
}

#[tokio::test]
async fn a_panic_of_a_tool_in_this_process_is_its_failure() {
    let fixture = Fixture::new();
    let tools = fixture.tools.clone();
    let spawned = tokio::spawn(fixture.capture(async move {
        let run = tools.start("panics");
        run.instrument(async { panic!("out of range") }).await;
        run.succeed();
    }));
    assert!(spawned.await.expect_err("it panics").is_panic());
    fixture.assert_run_as("panics", "error", Some(ErrorKind::Execution), Some("panic"));
    let log = fixture.log("tool failed");
    assert_eq!((log.severity.as_str(), log.attribute("error_type")), ("ERROR", Some("panic")));
}

#[tokio::test]
async fn a_panic_beside_a_process_is_no_failure_of_the_tool() {
    let fixture = Fixture::new();
    let tools = fixture.tools.clone();
    let spawned = tokio::spawn(fixture.capture(async move {
        let process = tools.start("process").execute(sh("exec sleep 1000", &[]), (), Duration::from_secs(600));
        tokio::select! {
            biased;
            _ = process => {}
            () = async { panic!("out of range") } => {}
        }
    }));
    assert!(spawned.await.expect_err("it panics").is_panic());
    fixture.assert_run_as("process", "cancelled", None, Some("panic"));
}

#[tokio::test]
async fn a_run_with_an_id_made_at_run_time_goes_into_a_task() {
    let fixture = Fixture::new();
    for number in 0..3 {
        let run = fixture.tools.start(&format!("tool-{number}"));
        let task = tokio::spawn(async move {
            run.instrument(async {}).await;
            run.succeed();
        });
        task.await.expect("the task ends");
        fixture.assert_run(&format!("tool-{number}"), "success", None);
    }
    owned::<ToolRun>();
}

/// Fails to compile for a guard that is borrowed or bound to a thread.
fn owned<T: Send + Sync + 'static>() {}

#[test]
fn exit_and_output_are_recorded_when_told() {
    let fixture = Fixture::new();
    let mut run = fixture.tools.start("tool");
    run.exited(Exit::Signal(15));
    run.wrote(4096);
    run.fail(ErrorKind::Wait);
    let metrics = fixture.metrics();
    metrics.assert_counter(NAMES.exits, &[("status", "signal"), ("code", ""), ("signal", "SIGTERM")], 1.0);
    assert_eq!(metrics.histogram(NAMES.output, &[("tool_id", "tool")]).sum, 4096.0);
}

#[test]
fn every_exit_code_has_its_own_series() {
    let fixture = Fixture::new();
    for code in 0..=255 {
        let mut run = fixture.tools.start("tool");
        run.exited(Exit::Code(code));
        run.succeed();
    }
    let metrics = fixture.metrics();
    assert_eq!(metrics.series_count(NAMES.exits), 256);
    for code in 0..=255_u8 {
        metrics.assert_counter(NAMES.exits, &[("status", "exit"), ("code", &code.to_string())], 1.0);
    }
}

#[test]
fn the_span_tells_what_ran_and_how_it_ended() {
    let fixture = Fixture::new();
    let settings =
        ToolSettings { runtime_version: Some("1.3.0".to_owned()), bun_version: true, ..ToolSettings::default() };
    let tools = Tools::with_settings(fixture.meter(), settings).expect("sound settings");
    let mut run = tools.run("tool").permissions(&["read", "net"]).start();
    run.exited(Exit::Code(2));
    run.wrote(10);
    run.fail(ErrorKind::Parse);

    let span = fixture.span("runtime.execute_tool");
    for (key, value) in [
        ("tool_id", "tool"),
        ("gen_ai.operation.name", "execute_tool"),
        ("gen_ai.tool.name", "tool"),
        ("runtime_version", "1.3.0"),
        ("bun_version", "1.3.0"),
        ("permissions", "read,net"),
        ("exit_code", "2"),
        ("output_bytes", "10"),
        ("outcome", "error"),
        ("error_kind", "parse"),
        ("error.type", "parse"),
    ] {
        span.assert_attribute(key, value);
    }
    assert!(span.is_error(), "{span}");
}

#[test]
fn a_span_without_options_has_no_attributes_of_them() {
    let fixture = Fixture::new();
    fixture.tools.start("tool").succeed();
    let span = fixture.span("runtime.execute_tool");
    for key in ["runtime_version", "bun_version", "permissions", "timeout_ms", "exit_code", "error_kind", "error.type"]
    {
        assert_eq!(span.attribute(key), None, "{key}");
    }
    assert!(!span.is_error());
}

#[tokio::test]
async fn one_log_event_within_the_span_tells_the_end() {
    let fixture = Fixture::new();
    let tools = &fixture.tools;
    let long = Duration::from_secs(60);
    let _ = tools.start("fails").execute(sh("exit 3", &[]), (), long).await;
    tools.start("fine").succeed();

    let failed = fixture.log("tool failed");
    assert_eq!(failed.severity, "WARN");
    for (key, value) in [("tool_id", "fails"), ("outcome", "error"), ("error_kind", "wait"), ("exit_code", "3")] {
        failed.assert_attribute(key, value);
    }
    assert_eq!(failed.span_id.as_deref(), Some(fixture.span_with("tool_id", "fails").span_id.as_str()));
    let ended = fixture.log("tool ended");
    assert_eq!(ended.severity, "DEBUG");
    ended.assert_attribute("tool_id", "fine");
    assert_eq!(ended.span_id.as_deref(), Some(fixture.span_with("tool_id", "fine").span_id.as_str()));
}

#[test]
fn without_a_meter_nothing_happens() {
    let tools = Tools::new(&telemetry_core::Meter::noop());
    tools.start("tool").fail(ErrorKind::Start);
    Tools::global().start("tool").succeed();
}

#[tokio::test]
async fn what_is_not_sampled_is_measured_and_logged_all_the_same() {
    let fixture = Fixture::new();
    let _off = trace::scoped(Sampling::AlwaysOff);
    let run = fixture.tools.run("tool").permissions(&["read"]).start();
    assert!(!run.span().is_sampled());
    let result = run.execute(sh("exit 3", &[]), (), Duration::from_secs(60)).await;
    assert!(result.is_err());

    assert!(fixture.spans().is_empty());
    fixture.assert_counter(NAMES.errors, &[("tool_id", "tool"), ("error_kind", "wait")], 1.0);
    fixture.log("tool failed").assert_attribute("tool_id", "tool");
}
