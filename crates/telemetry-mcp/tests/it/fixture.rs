//! Telemetry in memory, MCP recorded by it, and the names that the tests read.

use std::ops::Deref;

use telemetry_core::Label;
use telemetry_mcp::Mcp;
use telemetry_mcp::labels::ErrorKind;
use telemetry_testkit::{EnteredTelemetry, TestTelemetry};

/// The names of the contract, of which the tests need one spelling.
pub(crate) const EXECUTE: &str = "mcp_tool_execute_seconds";
pub(crate) const ERRORS: &str = "mcp_tool_errors_total";
pub(crate) const CONNECTIONS: &str = "mcp_server_connections_active";
pub(crate) const LOOKUP: &str = "mcp_tool_registry_lookup_seconds";

/// Telemetry in memory for this thread, and MCP recorded by it.
pub(crate) struct Fixture {
    pub(crate) mcp: Mcp,
    telemetry: EnteredTelemetry,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let telemetry = TestTelemetry::entered();
        Self { mcp: Mcp::new(telemetry.meter()), telemetry }
    }

    /// Asserts that the tool was executed once, with this outcome and this error, in metrics and span.
    #[track_caller]
    pub(crate) fn assert_execution(
        &self,
        tool: &str,
        outcome: &str,
        kind: Option<ErrorKind>,
        error_type: Option<&str>,
    ) {
        let metrics = self.metrics();
        let id = [("server_id", "server"), ("tool_name", tool)];
        metrics.assert_histogram_count(EXECUTE, &[id[0], id[1], ("outcome", outcome)], 1);
        metrics.assert_total(EXECUTE, &id, 1.0);
        metrics.assert_total(ERRORS, &id, f64::from(u8::from(kind.is_some())));
        if let Some(kind) = kind {
            metrics.assert_counter(ERRORS, &[id[0], id[1], ("error_kind", kind.as_str())], 1.0);
        }
        let span = self.span_with("tool_name", tool);
        assert_eq!(span.name, "mcp.tool.execute");
        span.assert_attribute("outcome", outcome);
        assert_eq!(span.attribute("error_kind"), kind.map(Label::as_str), "{span}");
        span.assert_error(error_type);
    }
}

impl Deref for Fixture {
    type Target = TestTelemetry;

    fn deref(&self) -> &TestTelemetry {
        &self.telemetry
    }
}
