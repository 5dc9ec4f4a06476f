//! What the ledger says of executions and of waiting, however they end.

use http::StatusCode;
use telemetry_core::Label as _;
use telemetry_runtime::WaitError;
use telemetry_runtime::labels::ExecutionKind;

use crate::check::Ledger;

/// An execution under way. Dropped before it has ended, it is noted as cancelled.
#[must_use = "dropped at once, the execution is noted as cancelled"]
pub(super) struct ExecutionNote<'a> {
    ledger: &'a Ledger,
    kind: ExecutionKind,
    ended: bool,
}

pub(super) fn execution(ledger: &Ledger, kind: ExecutionKind) -> ExecutionNote<'_> {
    ExecutionNote { ledger, kind, ended: false }
}

impl ExecutionNote<'_> {
    /// Notes the end, and returns the answer given to the caller.
    pub(super) fn ended(mut self, status: StatusCode) -> StatusCode {
        self.ended = true;
        let kind = ("kind", self.kind.as_str());
        let outcome = match status {
            StatusCode::OK => "success",
            StatusCode::GATEWAY_TIMEOUT => {
                self.ledger.add("http_exec_timeouts_total", &[kind], 1);
                "timeout"
            }
            status => {
                self.ledger.add("http_exec_errors_total", &[kind, ("code", status.as_str())], 1);
                "error"
            }
        };
        if status != StatusCode::OK {
            self.ledger.log("execution failed");
        }
        self.latency(outcome);
        status
    }

    fn latency(&self, outcome: &str) {
        let labels = [("kind", self.kind.as_str()), ("outcome", outcome)];
        self.ledger.add("http_exec_sync_latency_seconds", &labels, 1);
    }
}

impl Drop for ExecutionNote<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.latency("cancelled");
        }
    }
}

/// A wait for a workflow: its duration is noted however it ends, its polls when it has come to an outcome.
pub(super) struct WaitNote<'a> {
    ledger: &'a Ledger,
    workflow_id: &'a str,
}

pub(super) fn wait<'a>(ledger: &'a Ledger, workflow_id: &'a str) -> WaitNote<'a> {
    ledger.span("workflow.wait_completion");
    WaitNote { ledger, workflow_id }
}

impl WaitNote<'_> {
    pub(super) fn polled<E>(&mut self, polls: u64, result: &Result<(), WaitError<E>>) {
        let outcome = match result {
            Ok(()) => "completed",
            Err(WaitError::TimedOut { .. }) => "timeout",
            Err(WaitError::Failed(_)) => "error",
        };
        if result.is_err() {
            self.ledger.log("workflow wait failed");
        }
        let labels = [("workflow_id", self.workflow_id), ("outcome", outcome)];
        self.ledger.add("workflow_sync_polls_total", &labels, polls);
    }
}

impl Drop for WaitNote<'_> {
    fn drop(&mut self) {
        self.ledger.add("workflow_sync_poll_duration_seconds", &[("workflow_id", self.workflow_id)], 1);
    }
}
