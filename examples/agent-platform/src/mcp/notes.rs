//! What the ledger says of calls to MCP tools.

use super::asks::{Ask, Course, Place};
use crate::check::Ledger;

/// A look-up in the registry.
pub(super) fn looked_up(ledger: &Ledger, found: bool) {
    let outcome = if found { "hit" } else { "miss" };
    ledger.add("mcp_tool_registry_lookup_seconds", &[("outcome", outcome)], 1);
}

/// A connection, which is closed at the end: none is then left.
pub(super) fn connected(ledger: &Ledger, server_id: &str) {
    ledger.add("mcp_server_connections_active", &[("server_id", server_id)], 0);
}

/// A call that has ended as it is meant to.
pub(super) fn called(ledger: &Ledger, ask: Ask) {
    let (outcome, error_kind) = match ask.course {
        Course::Answered => ("success", None),
        Course::Broken => ("error", Some("execution")),
        Course::Refused => ("error", Some("validation")),
        Course::Stalled => ("timeout", Some("timeout")),
        Course::Left => ("cancelled", None),
        Course::Killed => ("error", Some("connection")),
    };
    let (server_id, tool_name) = (("server_id", ask.place.server_id()), ("tool_name", ask.tool));
    ledger.add("mcp_tool_execute_seconds", &[server_id, tool_name, ("outcome", outcome)], 1);
    if let Some(error_kind) = error_kind {
        ledger.add("mcp_tool_errors_total", &[server_id, tool_name, ("error_kind", error_kind)], 1);
    }
    // What is served in this process is seen from both sides.
    for _ in 0..if ask.place == Place::Http { 2 } else { 1 } {
        ledger.span("mcp.tool.execute");
        if error_kind.is_some() {
            ledger.log("MCP tool failed");
        }
    }
}
