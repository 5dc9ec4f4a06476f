//! Spans: a run's, its turns' and its tool calls', as back ends for agents know them.

use std::io;

use telemetry_agent::ToolType;
use telemetry_agent::labels::Column;
use telemetry_core::{Operation, Origin, conversation, operation_span};
use telemetry_testkit::{SpanLink, TestTelemetry};

use crate::fixture::{Fixture, PROJECT};

#[test]
fn tool_calls_are_under_their_turn_and_turns_under_their_run() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let task = project.create_task("t1");
    let run = project.agent("coder").prepare().task(&task).max_turns(50).conversation("session-7").start();
    run.turn().complete();
    let turn = run.turn();
    turn.tool("search_issues").kind(ToolType::Extension).call_id("call_1").start().succeed();
    turn.tool_call("Read").because(&io::Error::other("no such file")).fail_as("not_found");
    turn.tool_call("Bash").deny();
    drop(turn.tool_call("Grep"));
    turn.in_scope(|| tracing::info_span!("inside").in_scope(|| {}));
    turn.complete();
    run.spent(&telemetry_core::scope::Spent::default().with_cost_usd(0.25));
    run.complete();

    let spans = fixture.spans();
    let run = spans.one("agent.run");
    let second = spans.one("agent.turn.2");
    for (child, parent) in [("agent.turn.1", run), ("agent.turn.2", run), ("tool.Read", second), ("inside", second)] {
        assert_eq!(spans.one(child).parent_span_id.as_ref(), Some(&parent.span_id), "{child}");
    }
    for (key, value) in [
        ("gen_ai.operation.name", "invoke_agent"),
        ("gen_ai.agent.id", "coder"),
        ("gen_ai.agent.name", "coder"),
        ("gen_ai.conversation.id", "session-7"),
        ("project_id", PROJECT),
        ("agent_id", "coder"),
        ("task_id", "t1"),
        ("max_turns", "50"),
        ("turns", "2"),
        ("cost_usd", "0.25"),
        ("outcome", "completed"),
    ] {
        run.assert_attribute(key, value);
    }
    run.assert_error(None);
    for (key, value) in [("turn", "2"), ("gen_ai.conversation.id", "session-7"), ("outcome", "success")] {
        second.assert_attribute(key, value);
    }
    second.assert_no_attribute("gen_ai.operation.name");
    let search = spans.one("tool.search_issues");
    for (key, value) in [
        ("gen_ai.operation.name", "execute_tool"),
        ("gen_ai.tool.name", "search_issues"),
        ("gen_ai.tool.type", "extension"),
        ("gen_ai.tool.call.id", "call_1"),
        ("gen_ai.conversation.id", "session-7"),
        ("gen_ai.agent.id", "coder"),
        ("tool", "search_issues"),
        ("outcome", "success"),
    ] {
        search.assert_attribute(key, value);
    }
    let read = spans.one("tool.Read");
    read.assert_attribute("gen_ai.tool.type", "function");
    read.assert_error(Some("not_found"));
    assert!(read.to_string().contains("no such file"), "{read}");
    for (tool, outcome) in [("tool.Bash", "denied"), ("tool.Grep", "cancelled")] {
        spans.one(tool).assert_attribute("outcome", outcome);
        spans.one(tool).assert_error(None);
    }
}

#[test]
fn the_conversation_of_the_caller_is_that_of_the_run() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let run = {
        let _conversation = conversation::within("conversation-1").attach();
        project.agent("coder").prepare().start()
    };
    assert_eq!(run.in_scope(conversation::current).as_deref(), Some("conversation-1"));
    run.turn().tool_call("Read").succeed();
    run.complete();
    for span in ["agent.run", "agent.turn.1", "tool.Read"] {
        fixture.span(span).assert_attribute("gen_ai.conversation.id", "conversation-1");
    }
}

#[test]
fn what_fails_says_so_on_its_span_without_secrets() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let error = io::Error::other("GET https://me:hunter2@tools/ was reset");
    let run = project.agent("coder").prepare().start();
    run.turn().because(&error).fail_as("model_error");
    run.because(&error).fail();
    fixture.span("agent.turn.1").assert_error(Some("model_error"));
    let run = fixture.span("agent.run");
    run.assert_error(Some("agent_execution_error"));
    assert!(run.to_string().contains("https://me:[redacted]@tools/"), "{run}");
    fixture.assert_nowhere("hunter2");
}

#[test]
fn a_run_that_is_not_sampled_has_no_spans_and_all_metrics() {
    let fixture = Fixture::of(TestTelemetry::builder().unsampled(), Default::default());
    let project = fixture.project();
    let run = project.agent("coder").prepare().start();
    assert!(!run.span().is_sampled());
    run.turn().tool_call("Read").succeed();
    run.complete();
    assert!(fixture.spans().named("agent.run").is_empty());
    fixture.assert_total("agentpane_agent_runs_total", &[], 1.0);
    fixture.assert_total("agentpane_tool_calls_total", &[], 1.0);
}

/// What happens within a request of its own.
fn within<T>(request: &str, work: impl FnOnce() -> T) -> T {
    Operation::start(|| operation_span!("request", otel.name = request.to_owned())).in_scope(work)
}

#[test]
fn a_run_links_to_whoever_asked_for_it_in_another_trace() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let task = within("create", || project.create_task("t1"));
    let agent = project.agent("coder");
    let run = || agent.prepare().task(&task).start();
    run().complete();
    within("enqueue", || task.enqueue());
    within("worker", run).complete();
    task.move_to(Column::WaitingApproval);
    within("reject", || task.reject("ada"));
    run().complete();
    run().complete(); // nobody asked for that
    within("one for all", || {
        task.enqueue();
        run().complete();
    });

    let spans = fixture.spans();
    let runs = spans.named("agent.run");
    let linked: Vec<Vec<&str>> = runs
        .iter()
        .map(|run| {
            let of_link = |link: &SpanLink| spans.iter().find(|span| span.span_id == link.span_id);
            run.links.iter().filter_map(of_link).map(|span| span.name.as_str()).collect()
        })
        .collect();
    assert_eq!(linked, [vec!["create"], vec!["enqueue"], vec!["reject"], vec![], vec![]]);
    assert_eq!(runs[1].parent_span_id.as_ref(), Some(&spans.one("worker").span_id));
}

#[test]
fn a_run_that_comes_from_a_message_is_no_child_of_the_span_that_its_worker_is_in() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let agent = project.agent("coder");
    let origin = within("request", Origin::current);
    tracing::info_span!("worker").in_scope(|| {
        origin.in_scope(|| {
            let run = agent.prepare().conversation("session-7").start();
            run.turn().complete();
            run.complete();
        });
        origin.in_scope(|| agent.prepare().start().complete());
        agent.prepare().start().complete();
    });

    let spans = fixture.spans();
    let (request, worker) = (spans.one("request"), spans.one("worker"));
    let runs = spans.named("agent.run");
    for run in &runs[..2] {
        assert_eq!(run.parent_span_id, None, "{run}");
        assert_eq!(run.links.iter().map(|link| &link.span_id).collect::<Vec<_>>(), [&request.span_id], "{run}");
    }
    assert_eq!(spans.one("agent.turn.1").parent_span_id.as_ref(), Some(&runs[0].span_id));
    assert_eq!((runs[2].parent_span_id.as_ref(), &runs[2].links[..]), (Some(&worker.span_id), &[][..]));
}
