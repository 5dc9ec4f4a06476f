//! What the telemetry has to say of calls to MCP tools, of which each ends in its own way.

use super::ledger::Ledger;

/// How a call of a tool goes.
struct Called {
    /// As callers call it.
    name: &'static str,
    server_id: &'static str,
    tool_name: &'static str,
    outcome: &'static str,
    error_kind: Option<&'static str>,
}

const fn called(
    name: &'static str,
    server_id: &'static str,
    tool_name: &'static str,
    outcome: &'static str,
    error_kind: Option<&'static str>,
) -> Called {
    Called { name, server_id, tool_name, outcome, error_kind }
}

/// What is served in this process and so seen from both sides.
const SERVED_HERE: &str = "search";
/// What is started for each call.
const STARTED: &str = "fragile";

const CALLS: [Called; 7] = [
    called("read-file", "files", "read_file", "success", None),
    called("search", SERVED_HERE, "search", "success", None),
    called("broken-index", SERVED_HERE, "broken_index", "error", Some("execution")),
    called("refusal", SERVED_HERE, "refusal", "error", Some("validation")),
    called("stalled", "files", "stall", "timeout", Some("timeout")),
    called("silent", "files", "stall", "cancelled", None),
    called("killed", STARTED, "crash", "error", Some("connection")),
];

/// Connections to these servers, which are closed at the end: none is then left.
pub(crate) fn connected<'a>(ledger: &Ledger, servers: impl IntoIterator<Item = &'a str>) {
    for server_id in servers {
        ledger.add("mcp_server_connections_active", &[("server_id", server_id)], 0);
    }
}

/// A request for a tool, which has ended as it is meant to.
pub(super) fn answered(ledger: &Ledger, name: &str) {
    let call = CALLS.iter().find(|call| call.name == name);
    let found = if call.is_some() { "hit" } else { "miss" };
    ledger.add("mcp_tool_registry_lookup_seconds", &[("outcome", found)], 1);
    let Some(call) = call else { return };
    if call.server_id == STARTED {
        connected(ledger, [STARTED]);
    }
    let (server_id, tool_name) = (("server_id", call.server_id), ("tool_name", call.tool_name));
    ledger.add("mcp_tool_execute_seconds", &[server_id, tool_name, ("outcome", call.outcome)], 1);
    if let Some(error_kind) = call.error_kind {
        ledger.add("mcp_tool_errors_total", &[server_id, tool_name, ("error_kind", error_kind)], 1);
    }
    for _ in 0..if call.server_id == SERVED_HERE { 2 } else { 1 } {
        ledger.span("mcp.tool.execute");
        if call.error_kind.is_some() {
            ledger.log("MCP tool failed");
        }
    }
}
