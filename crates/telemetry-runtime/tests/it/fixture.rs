//! Telemetry in memory, tools recorded by it, and the names that the tests read.

use std::ops::Deref;

use telemetry_core::Label;
use telemetry_runtime::Tools;
use telemetry_runtime::labels::ErrorKind;
use telemetry_testkit::{EnteredTelemetry, TestTelemetry};

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
    telemetry: EnteredTelemetry,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let telemetry = TestTelemetry::builder().with_tokio_time().entered();
        Self { tools: Tools::new(telemetry.meter()), telemetry }
    }

    /// Asserts that the tool ran once, with this outcome and this error, in metrics and span.
    #[track_caller]
    pub(crate) fn assert_run(&self, tool: &str, outcome: &str, kind: Option<ErrorKind>) {
        self.assert_run_as(tool, outcome, kind, kind.map(Label::as_str));
    }

    /// [`assert_run`](Self::assert_run), for an error whose class on the span is not its kind.
    #[track_caller]
    pub(crate) fn assert_run_as(&self, tool: &str, outcome: &str, kind: Option<ErrorKind>, error_type: Option<&str>) {
        let metrics = self.metrics();
        let id = ("tool_id", tool);
        metrics.assert_histogram_count(NAMES.execute, &[id, ("outcome", outcome)], 1);
        metrics.assert_total(NAMES.execute, &[id], 1.0);
        metrics.assert_total(NAMES.errors, &[id], f64::from(u8::from(kind.is_some())));
        if let Some(kind) = kind {
            metrics.assert_counter(NAMES.errors, &[id, ("error_kind", kind.as_str())], 1.0);
        }
        let timeouts = f64::from(u8::from(kind == Some(ErrorKind::Timeout)));
        metrics.assert_total(NAMES.timeouts, &[id], timeouts);

        let span = self.span_with("tool_id", tool);
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
