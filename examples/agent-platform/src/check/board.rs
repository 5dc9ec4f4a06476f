//! What the telemetry has to say of tasks on the board and of the agents that work on them, by what was asked and how it was
//! answered.

use http::{Method, StatusCode};

use super::ledger::Ledger;
use super::{mcp, models::Used, tools};

/// The project on whose board they are.
const PROJECT: (&str, &str) = ("project_id", "storefront");

/// A call of a tool within a run.
#[derive(Clone, Copy)]
struct Called {
    tool: &'static str,
    by: By,
    /// As it is counted; a call that is given up is not.
    status: Option<&'static str>,
}

/// Who does what a tool is called for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Process,
    Server,
    Nobody,
}

const fn process(tool: &'static str, status: &'static str) -> Called {
    Called { tool, by: By::Process, status: Some(status) }
}

const fn server(tool: &'static str) -> Called {
    Called { tool, by: By::Server, status: Some("success") }
}

/// How a run goes by the kind of its task.
struct Worked {
    kind: &'static str,
    agent: &'static str,
    turns: &'static [&'static [Called]],
    status: &'static str,
}

const HEEDLESS: &[Called] = &[process("heedless", "success")];

const WORKED: [Worked; 6] = [
    Worked {
        kind: "feature",
        agent: "coder",
        turns: &[&[process("word-count", "success"), server("read-file")], &[server("search")], &[]],
        status: "completed",
    },
    Worked {
        kind: "sloppy",
        agent: "coder",
        turns: &[&[Called { tool: "Bash", by: By::Nobody, status: Some("denied") }], &[]],
        status: "completed",
    },
    Worked { kind: "endless", agent: "tester", turns: &[HEEDLESS; 5], status: "turn_limit" },
    Worked { kind: "broken", agent: "mender", turns: &[&[process(tools::FAILING, "error")], &[]], status: "failed" },
    Worked {
        kind: "abandoned",
        agent: "drifter",
        turns: &[&[Called { tool: "slow", by: By::Process, status: None }]],
        status: "cancelled",
    },
    Worked {
        kind: "resident",
        agent: "watcher",
        turns: &[&[process("word-count", "success")], &[]],
        status: "completed",
    },
];

/// A request at one of the board's endpoints, and its answer if its caller waited for it.
pub(super) fn answered(ledger: &Ledger, method: &Method, route: &str, path: &str, status: Option<StatusCode>) {
    let Some(action) = route.strip_prefix("/projects/{project}/tasks/{task}") else { return };
    if status == Some(StatusCode::NOT_FOUND) {
        return errors(ledger, "TASK_NOT_FOUND", "api");
    }
    // The kind of a task is what its id begins with.
    let task = path.split('/').nth(4).unwrap_or_default();
    let kind = task.split('-').next().unwrap_or_default();
    match (action, method) {
        ("", &Method::PUT) => created(ledger, status == Some(StatusCode::CREATED)),
        ("", &Method::DELETE) => removed(ledger),
        ("/approve", _) => approved(ledger),
        ("/reject", _) => rejected(ledger),
        ("/runs/{agent}", _) => worked(ledger, kind),
        _ => {}
    }
}

fn created(ledger: &Ledger, is_there: bool) {
    ledger.span("worktree.create");
    if is_there {
        ledger.add("agentpane_worktree_creation_duration_seconds", &[PROJECT], 1);
        ledger.add("agentpane_tasks_created_total", &[PROJECT], 1);
        ledger.log("task created");
    } else {
        errors(ledger, "WORKTREE_CREATION_FAILED", "worktree");
    }
}

/// Each task that leaves the board was worked on, for the first time after it had waited in the queue.
fn removed(ledger: &Ledger) {
    ledger.span("worktree.remove");
    ledger.add("agentpane_tasks_started_total", &[PROJECT], 1);
    ledger.add("agentpane_queue_wait_seconds", &[PROJECT], 1);
}

fn approved(ledger: &Ledger) {
    decided(ledger, "approved");
    for metric in [
        "agentpane_tasks_completed_total",
        "agentpane_task_duration_seconds",
        "agentpane_agent_turns_per_task",
        "agentpane_task_cost_usd",
    ] {
        ledger.add(metric, &[PROJECT], 1);
    }
    ledger.log("user approved task");
}

fn rejected(ledger: &Ledger) {
    decided(ledger, "rejected");
    ledger.add("agentpane_task_rejections_total", &[PROJECT], 1);
    ledger.log("user rejected task");
}

fn decided(ledger: &Ledger, outcome: &str) {
    ledger.add("agentpane_approvals_total", &[PROJECT, ("outcome", outcome)], 1);
    ledger.add("agentpane_approval_wait_seconds", &[PROJECT], 1);
}

/// A run of an agent, to the end that its task's kind has.
fn worked(ledger: &Ledger, kind: &str) {
    let Some(run) = WORKED.iter().find(|run| run.kind == kind) else { return };
    let agent = ("agent_id", run.agent);
    ledger.span("agent.run");
    ledger.log("agent started");
    ledger.add("agentpane_agent_runs_total", &[PROJECT, agent, ("status", run.status)], 1);
    ledger.add("agentpane_agent_turns_total", &[PROJECT, agent], run.turns.len() as u64);
    if run.status == "failed" {
        errors(ledger, "AGENT_EXECUTION_ERROR", "agent");
    }
    if matches!(run.status, "failed" | "turn_limit") {
        ledger.log("agent execution failed");
    }
    for (number, calls) in run.turns.iter().enumerate() {
        ledger.span(&format!("agent.turn.{}", number + 1));
        calls.iter().for_each(|call| called(ledger, run.agent, *call));
    }
}

fn called(ledger: &Ledger, agent: &str, call: Called) {
    let labels = [("agent_id", agent), ("tool", call.tool)];
    ledger.span(&format!("tool.{}", call.tool));
    if let Some(status) = call.status {
        ledger.add("agentpane_tool_calls_total", &[labels[0], labels[1], ("status", status)], 1);
        // What is denied takes no time.
        if call.by != By::Nobody {
            ledger.add("agentpane_tool_duration_seconds", &labels, 1);
        }
    }
    match call.by {
        By::Process => tools::ran(ledger, call.tool, call.status.is_some()),
        By::Server => mcp::answered(ledger, call.tool),
        By::Nobody => {}
    }
}

/// A model was asked on behalf of an agent, and used that.
pub(crate) fn spent(ledger: &Ledger, agent: &str, used: Used) {
    for (kind, tokens) in [("prompt", used.prompt), ("completion", used.completion)] {
        ledger.add("agentpane_agent_tokens_total", &[PROJECT, ("agent_id", agent), ("type", kind)], tokens);
    }
}

fn errors(ledger: &Ledger, error_code: &str, component: &str) {
    ledger.add("agentpane_errors_total", &[("error_code", error_code), ("component", component)], 1);
}
