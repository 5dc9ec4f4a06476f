//! What the telemetry has to say of tasks, agents and workflows, by what was asked and how it was answered.

use http::StatusCode;

use super::ledger::Ledger;
use super::tools;

/// The tools of the agents, as far as they come.
const AGENTS: [(&str, &[&str]); 2] =
    [("reviewer", &["word-count", "report"]), ("fixer", &["word-count", tools::FAILING])];

/// A request at one of these endpoints, and its answer if its caller waited for it.
pub(super) fn answered(ledger: &Ledger, route: &str, name: &str, status: Option<StatusCode>) {
    let (operation, kind) = match route {
        "/tasks/{tool}" => ("task", "task"),
        "/tasks/{tool}/start" => ("task_start", "task"),
        "/agents/{agent}" => ("agent", "agent"),
        "/agents/{agent}/start" => ("agent_start", "agent"),
        "/workflows/{workflow}" => ("workflow", "workflow"),
        _ => return,
    };
    ledger.add("platform_operations_total", &[("operation", operation)], 1);
    if route.ends_with("/start") {
        ledger.add("http_exec_started_total", &[("kind", kind)], 1);
    } else {
        executed(ledger, kind, status);
    }
    match operation {
        "task" => {
            ledger.span("task.execute_sync");
            tools::ran(ledger, name, status.is_some());
        }
        "task_start" => {
            ledger.span("task.execute_async");
            tools::ran(ledger, name, true);
        }
        "agent" => {
            ledger.span("agent.prepare");
            worked(ledger, name, true);
        }
        "agent_start" => worked(ledger, name, false),
        _ => ledger.span("workflow.execute_sync"),
    }
}

/// An execution whose caller waited, or left.
fn executed(ledger: &Ledger, kind: &str, status: Option<StatusCode>) {
    let kind = ("kind", kind);
    let outcome = match status {
        None => "cancelled",
        Some(StatusCode::OK) => "success",
        Some(StatusCode::GATEWAY_TIMEOUT) => {
            ledger.add("http_exec_timeouts_total", &[kind], 1);
            "timeout"
        }
        Some(status) => {
            ledger.add("http_exec_errors_total", &[kind, ("code", status.as_str())], 1);
            "error"
        }
    };
    if matches!(outcome, "timeout" | "error") {
        ledger.log("execution failed");
    }
    ledger.add("http_exec_sync_latency_seconds", &[kind, ("outcome", outcome)], 1);
}

/// An agent's work, tool by tool until one fails.
fn worked(ledger: &Ledger, agent: &str, is_waited_for: bool) {
    let Some((_, used)) = AGENTS.iter().find(|(id, _)| *id == agent) else { return };
    ledger.span(if is_waited_for { "agent.execute_sync" } else { "agent.execute_async" });
    for tool in *used {
        tools::ran(ledger, tool, true);
        if *tool == tools::FAILING {
            let labels = [("error_code", "AGENT_EXECUTION_ERROR"), ("component", "agent")];
            ledger.add("agentpane_errors_total", &labels, 1);
            if !is_waited_for {
                ledger.log("asynchronous execution failed");
            }
        }
    }
}

/// A wait for a workflow, as the engine has seen it: its outcome, and how often it was asked.
pub(crate) fn waited(ledger: &Ledger, workflow_id: &str, outcome: &str, polls: u64) {
    let workflow_id = ("workflow_id", workflow_id);
    ledger.span("workflow.wait_completion");
    ledger.add("workflow_sync_poll_duration_seconds", &[workflow_id], 1);
    ledger.add("workflow_sync_polls_total", &[workflow_id, ("outcome", outcome)], polls);
    if outcome != "completed" {
        ledger.log("workflow wait failed");
    }
}
