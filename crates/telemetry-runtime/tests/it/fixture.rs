//! Telemetry in memory, tools recorded by it, and the names that the tests read.

use telemetry_core::{Label, Meter};
use telemetry_runtime::{ErrorKind, Tools};
use telemetry_testkit::{LogEntry, MetricSet, SpanEntry, TelemetryGuard, TestTelemetry};

/// The names of the contract, of which the tests need one spelling.
pub(crate) struct Names {
    pub(crate) execute: &'static str,
    pub(crate) errors: &'static str,
    pub(crate) timeouts: &'static str,
    pub(crate) exits: &'static str,
    pub(crate) output: &'static str,
    pub(crate) started: &'static str,
    pub(crate) latency: &'static str,
    pub(crate) execution_timeouts: &'static str,
    pub(crate) execution_errors: &'static str,
    pub(crate) polls: &'static str,
    pub(crate) poll_duration: &'static str,
}

pub(crate) const NAMES: Names = Names {
    execute: "runtime_tool_execute_seconds",
    errors: "runtime_tool_errors_total",
    timeouts: "runtime_tool_timeouts_total",
    exits: "runtime_bun_process_exits_total",
    output: "runtime_tool_output_bytes",
    started: "http_exec_started_total",
    latency: "http_exec_sync_latency_seconds",
    execution_timeouts: "http_exec_timeouts_total",
    execution_errors: "http_exec_errors_total",
    polls: "workflow_sync_polls_total",
    poll_duration: "workflow_sync_poll_duration_seconds",
};

/// Telemetry in memory for this thread, and tools recorded by it.
pub(crate) struct Fixture {
    pub(crate) tools: Tools,
    // Before the telemetry, whose spans end with it.
    _entered: TelemetryGuard,
    telemetry: TestTelemetry,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let telemetry = TestTelemetry::new();
        Self { tools: Tools::new(telemetry.meter()), _entered: telemetry.enter(), telemetry }
    }

    pub(crate) fn meter(&self) -> &Meter {
        self.telemetry.meter()
    }

    pub(crate) fn telemetry(&self) -> &TestTelemetry {
        &self.telemetry
    }

    pub(crate) fn metrics(&self) -> MetricSet {
        self.telemetry.metrics()
    }

    pub(crate) fn span(&self, name: &str) -> SpanEntry {
        self.telemetry.spans().one(name).clone()
    }

    pub(crate) fn span_with(&self, key: &str, value: &str) -> SpanEntry {
        let spans = self.telemetry.spans();
        let mut found = spans.iter().filter(|span| span.attribute(key) == Some(value));
        let span = found.next().unwrap_or_else(|| panic!("no span with {key} {value}\n{spans}"));
        assert!(found.next().is_none(), "several spans with {key} {value}\n{spans}");
        span.clone()
    }

    pub(crate) fn log(&self, text: &str) -> LogEntry {
        self.telemetry.logs().one(text).clone()
    }

    /// Asserts that the tool ran once, with this outcome and this error, in metrics and span.
    #[track_caller]
    pub(crate) fn assert_run(&self, tool: &str, outcome: &str, kind: Option<ErrorKind>) {
        let metrics = self.metrics();
        let id = ("tool_id", tool);
        metrics.assert_histogram_count(NAMES.execute, &[id, ("outcome", outcome)], 1);
        assert_eq!(metrics.total(NAMES.execute, &[id]), 1.0, "{metrics}");
        assert_eq!(metrics.total(NAMES.errors, &[id]), f64::from(u8::from(kind.is_some())), "{metrics}");
        if let Some(kind) = kind {
            metrics.assert_counter(NAMES.errors, &[id, ("error_kind", kind.as_str())], 1.0);
        }
        let timeouts = f64::from(u8::from(kind == Some(ErrorKind::Timeout)));
        assert_eq!(metrics.total(NAMES.timeouts, &[id]), timeouts, "{metrics}");

        let spans = self.telemetry.spans();
        let Some(span) = spans.iter().find(|span| span.attribute("tool_id") == Some(tool)) else {
            panic!("no span of {tool}\n{spans}");
        };
        span.assert_attribute("outcome", outcome);
        assert_eq!(span.attribute("error_kind"), kind.map(Label::as_str), "{span}");
        assert_eq!(span.attribute("error.type"), kind.map(Label::as_str), "{span}");
        assert_eq!(span.is_error(), kind.is_some(), "{span}");
    }

    /// Asserts that the text occurs in nothing that would be exported.
    #[track_caller]
    pub(crate) fn assert_nowhere(&self, text: &str) {
        assert!(!self.telemetry.contains_bytes(text), "{text:?} is in\n{}", self.telemetry.dump());
    }
}
