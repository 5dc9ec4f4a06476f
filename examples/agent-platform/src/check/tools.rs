//! What the telemetry has to say of runs of tools, of which each ends in its own way.

use super::ledger::Ledger;

/// The tool at which an agent fails.
pub(super) const FAILING: &str = "failing";

/// How a tool that fails does so.
struct Failing {
    tool_id: &'static str,
    error_kind: &'static str,
    exit: Option<ProcessEnd>,
}

/// How a process ends: by itself with a code, or by a signal.
#[derive(Clone, Copy)]
struct ProcessEnd {
    status: &'static str,
    code: &'static str,
    signal: &'static str,
}

const fn code(code: &'static str) -> Option<ProcessEnd> {
    Some(ProcessEnd { status: "exit", code, signal: "" })
}

const fn signal(signal: &'static str) -> Option<ProcessEnd> {
    Some(ProcessEnd { status: "signal", code: "", signal })
}

const fn failing(tool_id: &'static str, error_kind: &'static str, exit: Option<ProcessEnd>) -> Failing {
    Failing { tool_id, error_kind, exit }
}

/// Those that fail; all others succeed.
const ALL_FAILING: [Failing; 8] = [
    failing(FAILING, "wait", code("3")),
    failing("crashing", "wait", signal("SIGKILL")),
    failing("hanging", "timeout", signal("SIGTERM")),
    failing("flooding", "stdout", signal("SIGKILL")),
    failing("shouting", "stderr", signal("SIGKILL")),
    failing("garbling", "parse", code("0")),
    failing("deaf", "stdin", code("2")),
    failing("missing", "start", None),
];

/// A run of a tool, to its end unless its caller left.
pub(super) fn ran(ledger: &Ledger, tool: &str, to_its_end: bool) {
    ledger.span("runtime.execute_tool");
    let tool_id = ("tool_id", tool);
    let outcome = |outcome| ledger.add("runtime_tool_execute_seconds", &[tool_id, ("outcome", outcome)], 1);
    if !to_its_end {
        return outcome("cancelled");
    }
    let failing = ALL_FAILING.iter().find(|failing| failing.tool_id == tool);
    if let Some(failing) = failing {
        ledger.add("runtime_tool_errors_total", &[tool_id, ("error_kind", failing.error_kind)], 1);
        ledger.log("tool failed");
    }
    match failing.map(|failing| failing.error_kind) {
        None => outcome("success"),
        Some("timeout") => {
            ledger.add("runtime_tool_timeouts_total", &[tool_id], 1);
            outcome("timeout");
        }
        Some(_) => outcome("error"),
    }
    if let Some(exit) = failing.map_or(code("0"), |failing| failing.exit) {
        ledger.add("runtime_tool_output_bytes", &[tool_id], 1);
        let labels = [("status", exit.status), ("code", exit.code), ("signal", exit.signal)];
        ledger.add("runtime_bun_process_exits_total", &labels, 1);
    }
}
