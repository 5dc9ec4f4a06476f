//! Telemetry in memory, MCP recorded by it, and the names that the tests read.

use telemetry_core::Label;
use telemetry_mcp::{ErrorKind, Mcp};
use telemetry_testkit::{MetricSet, SpanEntry, TelemetryGuard, TestTelemetry};

/// The names of the contract, of which the tests need one spelling.
pub(crate) const EXECUTE: &str = "mcp_tool_execute_seconds";
pub(crate) const ERRORS: &str = "mcp_tool_errors_total";
pub(crate) const CONNECTIONS: &str = "mcp_server_connections_active";
pub(crate) const LOOKUP: &str = "mcp_tool_registry_lookup_seconds";

/// Telemetry in memory for this thread, and MCP recorded by it.
pub(crate) struct Fixture {
    pub(crate) mcp: Mcp,
    // Before the telemetry, whose spans end with it.
    _entered: TelemetryGuard,
    telemetry: TestTelemetry,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let telemetry = TestTelemetry::new();
        Self { mcp: Mcp::new(telemetry.meter()), _entered: telemetry.enter(), telemetry }
    }

    pub(crate) fn telemetry(&self) -> &TestTelemetry {
        &self.telemetry
    }

    pub(crate) fn metrics(&self) -> MetricSet {
        self.telemetry.metrics()
    }

    pub(crate) fn span_of(&self, tool: &str) -> SpanEntry {
        let spans = self.telemetry.spans();
        let mut found = spans.iter().filter(|span| span.attribute("tool_name") == Some(tool));
        let span = found.next().unwrap_or_else(|| panic!("no span of {tool}\n{spans}"));
        assert!(found.next().is_none(), "several spans of {tool}\n{spans}");
        span.clone()
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
        assert_eq!(metrics.total(EXECUTE, &id), 1.0, "{metrics}");
        assert_eq!(metrics.total(ERRORS, &id), f64::from(u8::from(kind.is_some())), "{metrics}");
        if let Some(kind) = kind {
            metrics.assert_counter(ERRORS, &[id[0], id[1], ("error_kind", kind.as_str())], 1.0);
        }
        let span = self.span_of(tool);
        assert_eq!(span.name, "mcp.tool.execute");
        span.assert_attribute("outcome", outcome);
        assert_eq!(span.attribute("error_kind"), kind.map(Label::as_str), "{span}");
        assert_eq!(span.attribute("error.type"), error_type, "{span}");
        assert_eq!(span.is_error(), kind.is_some(), "{span}");
    }
}
