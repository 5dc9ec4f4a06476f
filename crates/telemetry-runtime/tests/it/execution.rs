//! Guards of executions.

use std::time::Duration;

use telemetry_core::Label;
use telemetry_runtime::{AsyncKind, Execution, ExecutionKind, Executions};

use crate::fixture::{Fixture, NAMES};

const TIMEOUT: Duration = Duration::from_millis(1500);

fn start(executions: &Executions, kind: ExecutionKind) -> Execution<'_> {
    match kind {
        ExecutionKind::Task => executions.task("task-1", "basic", TIMEOUT),
        ExecutionKind::Agent => executions.agent("agent-1", "review", TIMEOUT),
        ExecutionKind::Workflow => executions.workflow("flow-1", "exec-1", TIMEOUT),
    }
}

#[test]
fn each_end_of_each_kind_is_recorded_as_what_it_is() {
    type End = fn(Execution<'_>);
    let ends: [(&str, End, Option<&str>); 4] = [
        ("success", |execution| execution.succeed(), None),
        ("error", |execution| execution.fail(502), Some("502")),
        ("timeout", |execution| execution.timeout(), Some("timeout")),
        ("cancelled", |execution| drop(execution), None),
    ];
    for &kind in ExecutionKind::ALL {
        for (outcome, end, error_type) in ends {
            let fixture = Fixture::new();
            let executions = Executions::new(fixture.meter());
            end(start(&executions, kind));

            let metrics = fixture.metrics();
            let kind_label = ("kind", kind.as_str());
            metrics.assert_histogram_count(NAMES.latency, &[kind_label, ("outcome", outcome)], 1);
            assert_eq!(metrics.total(NAMES.latency, &[]), 1.0);
            let errors = if outcome == "error" { 1.0 } else { 0.0 };
            assert_eq!(metrics.total(NAMES.execution_errors, &[kind_label, ("code", "502")]), errors);
            assert_eq!(metrics.total(NAMES.execution_errors, &[]), errors);
            let timeouts = if outcome == "timeout" { 1.0 } else { 0.0 };
            assert_eq!(metrics.total(NAMES.execution_timeouts, &[kind_label]), timeouts);

            let span = fixture.span(&format!("{}.execute_sync", kind.as_str()));
            span.assert_attribute("outcome", outcome);
            span.assert_attribute("timeout_ms", "1500");
            assert_eq!(span.attribute("error_type"), error_type, "{span}");
            assert_eq!(span.attribute("error.type"), error_type, "{span}");
            assert_eq!(span.is_error(), error_type.is_some(), "{span}");
        }
    }
}

#[test]
fn spans_name_what_ran() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    for &kind in ExecutionKind::ALL {
        start(&executions, kind).succeed();
    }
    for (span, key, value) in [
        ("task.execute_sync", "task_id", "task-1"),
        ("task.execute_sync", "component", "basic"),
        ("agent.execute_sync", "agent_id", "agent-1"),
        ("agent.execute_sync", "action", "review"),
        ("workflow.execute_sync", "workflow_id", "flow-1"),
        ("workflow.execute_sync", "exec_id", "exec-1"),
    ] {
        fixture.span(span).assert_attribute(key, value);
    }
}

#[test]
fn an_agent_that_is_prepared_is_one_execution() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    executions.prepare_agent("agent-1").ready("review", TIMEOUT).succeed();

    fixture.assert_histogram_count(NAMES.latency, &[("kind", "agent"), ("outcome", "success")], 1);
    assert_eq!(fixture.total(NAMES.latency, &[]), 1.0);
    let prepare = fixture.span("agent.prepare");
    prepare.assert_attribute("agent_id", "agent-1");
    prepare.assert_attribute("action", "review");
    let execute = fixture.span("agent.execute_sync");
    execute.assert_attribute("action", "review");
    assert_eq!(execute.parent_span_id, prepare.parent_span_id, "one follows the other");
}

#[test]
fn an_agent_that_cannot_be_prepared_is_a_failed_execution() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    executions.prepare_agent("agent-1").fail_as(404, "unknown_agent");
    drop(executions.prepare_agent("agent-2"));

    let metrics = fixture.metrics();
    metrics.assert_histogram_count(NAMES.latency, &[("kind", "agent"), ("outcome", "error")], 1);
    metrics.assert_histogram_count(NAMES.latency, &[("kind", "agent"), ("outcome", "cancelled")], 1);
    metrics.assert_counter(NAMES.execution_errors, &[("kind", "agent"), ("code", "404")], 1.0);
    fixture.span_with("agent_id", "agent-1").assert_attribute("error_type", "unknown_agent");
}

#[test]
fn a_status_code_that_is_none_is_folded() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    for code in [0, 99, 1000, u16::MAX] {
        executions.task("task-1", "basic", TIMEOUT).fail(code);
    }
    fixture.assert_counter(NAMES.execution_errors, &[("kind", "task"), ("code", "_other")], 4.0);
}

#[test]
fn asynchronous_starts_are_counted() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    executions.async_started(AsyncKind::Task);
    executions.async_started(AsyncKind::Agent);
    executions.async_started(AsyncKind::Agent);
    let metrics = fixture.metrics();
    metrics.assert_counter(NAMES.started, &[("kind", "task")], 1.0);
    metrics.assert_counter(NAMES.started, &[("kind", "agent")], 2.0);
}

#[tokio::test]
async fn what_runs_within_an_execution_is_its_child() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    let execution = executions.task("task-1", "tool", TIMEOUT);
    execution.instrument(async { fixture.tools.start("tool").succeed() }).await;
    execution.fail_as(500, "provider");

    let parent = fixture.span("task.execute_sync");
    parent.assert_attribute("error_type", "provider");
    let child = fixture.span("runtime.execute_tool");
    assert_eq!(child.parent_span_id.as_ref(), Some(&parent.span_id));
    assert_eq!(child.trace_id, parent.trace_id);
    let log = fixture.log("execution failed");
    log.assert_attribute("id", "task-1");
    assert_eq!(log.span_id.as_ref(), Some(&parent.span_id));
}
