//! Guards of executions.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

use telemetry_core::{Label, Operation, conversation, operation_span};
use telemetry_runtime::labels::{AsyncKind, ExecutionKind};
use telemetry_runtime::{AgentPreparation, Execution, ExecutionStart, Executions};

use crate::fixture::{Fixture, NAMES};

const TIMEOUT: Duration = Duration::from_millis(1500);

fn prepare(executions: &Executions, kind: ExecutionKind) -> ExecutionStart<'_> {
    match kind {
        ExecutionKind::Task => executions.task("task-1", "basic"),
        ExecutionKind::Agent => executions.agent("agent-1", "review"),
        ExecutionKind::Workflow => executions.workflow("flow-1", "exec-1"),
    }
}

struct Case {
    end: fn(Execution),
    outcome: &'static str,
    /// The code that is counted.
    code: Option<&'static str>,
    error_type: Option<&'static str>,
    level: &'static str,
}

const fn case(end: fn(Execution), outcome: &'static str, level: &'static str) -> Case {
    Case { end, outcome, code: None, error_type: None, level }
}

fn panic_within(execution: Execution) {
    let panicking = AssertUnwindSafe(|| {
        let execution = execution;
        execution.in_scope(|| panic!("out of range"));
    });
    panic::catch_unwind(panicking).expect_err("it panics");
}

#[test]
fn each_end_of_each_kind_is_recorded_as_what_it_is() {
    let failed = |end, code, error_type| Case { code, error_type, ..case(end, "error", "ERROR") };
    let cases = [
        case(|execution| execution.succeed(), "success", "DEBUG"),
        failed(|execution| execution.fail(502), Some("502"), Some("502")),
        failed(|execution| execution.fail_with(422, "validation"), Some("422"), Some("validation")),
        failed(|execution| execution.fail_as("validation"), Some("none"), Some("validation")),
        failed(panic_within, Some("500"), Some("panic")),
        Case { error_type: Some("timeout"), ..case(|execution| execution.timeout(), "timeout", "ERROR") },
        case(|execution| execution.cancel(), "cancelled", "DEBUG"),
        case(drop, "cancelled", "DEBUG"),
    ];
    for &kind in ExecutionKind::ALL {
        for Case { end, outcome, code, error_type, level } in &cases {
            let fixture = Fixture::new();
            let executions = Executions::new(fixture.meter());
            let execution = prepare(&executions, kind).timeout(TIMEOUT).start();
            end(execution);

            let metrics = fixture.metrics();
            let kind_label = ("kind", kind.as_str());
            metrics.assert_histogram_count(NAMES.latency, &[kind_label, ("outcome", outcome)], 1);
            metrics.assert_total(NAMES.latency, &[], 1.0);
            metrics.assert_total(NAMES.execution_errors, &[], f64::from(u8::from(code.is_some())));
            if let Some(code) = code {
                metrics.assert_counter(NAMES.execution_errors, &[kind_label, ("code", code)], 1.0);
            }
            let timeouts = if *outcome == "timeout" { 1.0 } else { 0.0 };
            metrics.assert_total(NAMES.execution_timeouts, &[kind_label], timeouts);

            let span = fixture.span(&format!("{}.execute_sync", kind.as_str()));
            span.assert_attribute("outcome", outcome);
            span.assert_attribute("timeout_ms", "1500");
            assert_eq!(span.attribute("error_type"), *error_type, "{span}");
            assert_eq!(span.attribute("error.type"), *error_type, "{span}");
            assert_eq!(span.is_error(), error_type.is_some(), "{span}");

            let log = fixture.log(if error_type.is_some() { "execution failed" } else { "execution ended" });
            assert_eq!(log.severity, *level, "{log}");
            for (key, value) in [("kind", Some(kind.as_str())), ("outcome", Some(outcome)), ("error_type", *error_type)]
            {
                assert_eq!(log.attribute(key), value, "{log}");
            }
        }
    }
}

#[test]
fn an_execution_without_a_time_limit_tells_none() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    executions.start_task("task-1", "basic").succeed();
    executions.start_agent("agent-1", "review").succeed();
    executions.start_workflow("flow-1", "exec-1").succeed();
    for &kind in ExecutionKind::ALL {
        let span = fixture.span(&format!("{}.execute_sync", kind.as_str()));
        assert_eq!(span.attribute("timeout_ms"), None);
        fixture.assert_histogram_count(NAMES.latency, &[("kind", kind.as_str()), ("outcome", "success")], 1);
    }
}

#[test]
fn agents_and_workflows_are_known_to_back_ends_for_models_and_part_of_their_conversation() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    {
        let _conversation = conversation::within("conversation-1").attach();
        executions.start_preparation("agent-1").ready("review").start().succeed();
        executions.start_workflow("flow-1", "exec-1").succeed();
    }
    let agent = fixture.span("agent.execute_sync");
    for (key, value) in [
        ("gen_ai.operation.name", "invoke_agent"),
        ("gen_ai.agent.name", "agent-1"),
        ("gen_ai.conversation.id", "conversation-1"),
    ] {
        agent.assert_attribute(key, value);
    }
    let workflow = fixture.span("workflow.execute_sync");
    workflow.assert_attribute("openinference.span.kind", "CHAIN");
    workflow.assert_attribute("gen_ai.conversation.id", "conversation-1");

    fixture.clear();
    executions.start_agent("agent-1", "review").succeed();
    executions.start_workflow("flow-1", "exec-1").succeed();
    for name in ["agent.execute_sync", "workflow.execute_sync"] {
        fixture.span(name).assert_no_attribute("gen_ai.conversation.id");
    }
}

#[test]
fn the_log_has_ids_of_any_length() {
    for id in ["", "task-1", &"x".repeat(46), &"x".repeat(47), &"x".repeat(48), &"é".repeat(300)] {
        let fixture = Fixture::new();
        Executions::new(fixture.meter()).start_task(id, "basic").succeed();
        fixture.log("execution ended").assert_attribute("id", id);
    }
}

#[test]
fn spans_name_what_ran() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    for &kind in ExecutionKind::ALL {
        prepare(&executions, kind).start().succeed();
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
    executions.start_preparation("agent-1").ready("review").timeout(TIMEOUT).start().succeed();

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
    executions.start_preparation("agent-1").fail_with(404, "unknown_agent");
    drop(executions.start_preparation("agent-2"));
    drop(executions.start_preparation("agent-3").ready("review"));
    executions.start_preparation("agent-4").cancel();
    executions.start_preparation("agent-5").fail_as("no_such_file");
    executions.start_preparation("agent-6").fail(503);
    executions.start_preparation("agent-7").timeout();

    let metrics = fixture.metrics();
    let ended = |outcome| [("kind", "agent"), ("outcome", outcome)];
    for (outcome, count) in [("success", 0.0), ("error", 3.0), ("cancelled", 3.0), ("timeout", 1.0)] {
        metrics.assert_total(NAMES.latency, &ended(outcome), count);
    }
    for code in ["404", "none", "503"] {
        metrics.assert_counter(NAMES.execution_errors, &[("kind", "agent"), ("code", code)], 1.0);
    }
    fixture.span_with("agent_id", "agent-1").assert_attribute("error_type", "unknown_agent");
}

#[test]
fn a_status_code_that_is_none_is_folded() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    for code in [0, 99, 1000, u16::MAX] {
        executions.start_task("task-1", "basic").fail(code);
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
async fn an_accepted_execution_is_a_trace_of_its_own_that_links_to_its_request() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    let request = Operation::start(|| operation_span!("request"));
    let (task, agent) = request.in_scope(|| {
        let _conversation = conversation::within("conversation-7").attach();
        (executions.accept_task("task-1", "tool"), executions.accept_agent("agent-1", "review"))
    });
    drop(request);
    let running = tokio::spawn(fixture.capture(async move { task.start().succeed() }));
    running.await.expect("the task ends");
    let tools = fixture.tools.clone();
    let running = tokio::spawn(fixture.capture(async move {
        let execution = agent.start();
        execution.instrument(async { tools.start("tool").succeed() }).await;
        execution.because(&io::Error::other("no such file")).fail_as("io");
    }));
    running.await.expect("the task ends");

    let request = fixture.span("request");
    let (task, agent) = (fixture.span("task.execute_async"), fixture.span("agent.execute_async"));
    for execution in [&task, &agent] {
        let links: Vec<_> = execution.links.iter().map(|link| (&link.trace_id, &link.span_id)).collect();
        assert_eq!(links, [(&request.trace_id, &request.span_id)], "{execution}");
        assert_ne!(execution.trace_id, request.trace_id, "{execution}");
        assert_eq!(execution.parent_span_id, None, "{execution}");
    }
    for (key, value) in [("task_id", "task-1"), ("component", "tool"), ("outcome", "success")] {
        task.assert_attribute(key, value);
    }
    for (key, value) in [
        ("agent_id", "agent-1"),
        ("action", "review"),
        ("outcome", "error"),
        ("gen_ai.operation.name", "invoke_agent"),
        ("gen_ai.agent.name", "agent-1"),
        ("gen_ai.conversation.id", "conversation-7"),
    ] {
        agent.assert_attribute(key, value);
    }
    agent.assert_error(Some("io"));
    assert!(agent.to_string().contains("no such file"), "{agent}");
    let tool = fixture.span("runtime.execute_tool");
    assert_eq!((tool.parent_span_id, &tool.links[..]), (Some(agent.span_id), &[][..]));
    fixture.log("asynchronous execution failed").assert_attribute("id", "agent-1");
    let metrics = fixture.metrics();
    for kind in ["task", "agent"] {
        metrics.assert_counter(NAMES.started, &[("kind", kind)], 1.0);
        metrics.assert_total(NAMES.latency, &[("kind", kind)], 0.0);
    }
}

#[test]
fn an_accepted_execution_that_is_dropped_is_cancelled_and_one_that_panics_says_so() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    drop(executions.accept_task("task-1", "tool").start());
    fixture.span("task.execute_async").assert_attribute("outcome", "cancelled");
    let execution = executions.accept_agent("agent-1", "review").start();
    let panicked = panic::catch_unwind(AssertUnwindSafe(move || execution.in_scope(|| panic!("no"))));
    assert!(panicked.is_err());
    fixture.span("agent.execute_async").assert_error(Some("panic"));
}

#[tokio::test]
async fn what_runs_within_an_execution_is_its_child() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    let execution = executions.start_task("task-1", "tool");
    execution.instrument(async { fixture.tools.start("tool").succeed() }).await;
    execution.fail_with(500, "provider");

    let parent = fixture.span("task.execute_sync");
    parent.assert_attribute("error_type", "provider");
    let child = fixture.span("runtime.execute_tool");
    assert_eq!(child.parent_span_id.as_ref(), Some(&parent.span_id));
    assert_eq!(child.trace_id, parent.trace_id);
    let log = fixture.log("execution failed");
    log.assert_attribute("id", "task-1");
    assert_eq!(log.span_id.as_ref(), Some(&parent.span_id));
}

#[tokio::test]
async fn guards_go_into_tasks() {
    let fixture = Fixture::new();
    let executions = Executions::new(fixture.meter());
    let preparation: AgentPreparation = executions.start_preparation(&format!("agent-{}", 1));
    let task = tokio::spawn(fixture.capture(async move {
        let execution = preparation.ready("review").start();
        execution.instrument(async {}).await;
        execution.succeed();
    }));
    task.await.expect("the task ends");
    fixture.span("agent.execute_sync").assert_attribute("agent_id", "agent-1");
}
