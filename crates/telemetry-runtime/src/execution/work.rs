//! What an execution is measured with from its start to its one end, in whichever phase it is.

use std::fmt;

use telemetry_core::trace::{ActiveSpan, PANIC};
use telemetry_core::{Dropped, End, Label, Lease, Operation, end_event};
use tracing::Span;

use super::id::Id;
use super::instruments::{Code, ExecutionInstruments};
use crate::metrics::{ExecutionKind, Outcome};

/// What the server answers where an execution panics.
const INTERNAL_ERROR: u16 = 500;

/// An execution under way: what its guards have in common.
pub(super) struct Work {
    executions: Lease<ExecutionInstruments>,
    kind: ExecutionKind,
    id: Id,
    operation: Operation,
}

impl Work {
    pub(super) fn start(
        executions: Lease<ExecutionInstruments>,
        kind: ExecutionKind,
        id: &str,
        build: impl FnOnce() -> Span,
    ) -> Self {
        Self { executions, kind, id: Id::new(id), operation: Operation::start(build) }
    }

    /// The next phase: its span follows this one's, and its clock goes on.
    pub(super) fn go_on(mut self, build: impl FnOnce(&str) -> Span) -> Self {
        let started = self.operation.started();
        self.operation.hand_over();
        let id = std::mem::take(&mut self.id);
        let span = ActiveSpan::start(|| build(id.as_str()));
        Self { executions: self.executions.clone(), kind: self.kind, id, operation: Operation::over(started, span) }
    }

    pub(super) fn operation(&self) -> &Operation {
        &self.operation
    }

    pub(super) fn succeed(&mut self) {
        self.end(Outcome::Success, End::success(Outcome::Success.as_str()));
    }

    /// Without an error type the code is it.
    pub(super) fn fail(&mut self, code: &Code, error_type: Option<&str>) {
        self.executions.failed(self.kind, code);
        let error_type = error_type.unwrap_or_else(|| code.as_str());
        self.end(Outcome::Error, End::fatal(Outcome::Error.as_str(), error_type));
    }

    pub(super) fn timeout(&mut self) {
        self.end(Outcome::Timeout, End::fatal(Outcome::Timeout.as_str(), Outcome::Timeout.as_str()));
    }

    pub(super) fn cancel(&mut self) {
        self.end(Outcome::Cancelled, End::cancelled(Outcome::Cancelled.as_str()));
    }

    fn end(&mut self, outcome: Outcome, end: End<'_>) {
        let Some(elapsed) = self.operation.end(&end) else { return };
        self.executions.ended(self.kind, outcome, elapsed.as_secs_f64());
        self.operation.span().record("error_type", end.error_type());
        let (kind, id) = (self.kind.as_str(), self.id.as_str());
        end_event!(self.operation, end, elapsed, { kind, id }, "execution ended", "execution failed");
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work")
            .field("kind", &self.kind)
            .field("id", &self.id.as_str())
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        match self.operation.dropped() {
            Some(Dropped::Panicked) => self.fail(&Code::of(INTERNAL_ERROR), Some(PANIC)),
            Some(Dropped::Cancelled) => self.cancel(),
            None => {}
        }
    }
}
