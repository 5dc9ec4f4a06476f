//! What an execution is measured with from its start to its one end, in whichever phase it is.

use std::error::Error;
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
    /// What the error says by which it fails.
    why: Option<String>,
}

impl Work {
    pub(super) fn start(
        executions: Lease<ExecutionInstruments>,
        kind: ExecutionKind,
        id: &str,
        build: impl FnOnce() -> Span,
    ) -> Self {
        Self { executions, kind, id: Id::new(id), operation: Operation::start(build), why: None }
    }

    /// The next phase: its span follows this one's, and its clock goes on.
    pub(super) fn go_on(mut self, build: impl FnOnce(&str) -> Span) -> Self {
        let started = self.operation.started();
        self.operation.hand_over();
        let id = std::mem::take(&mut self.id);
        let span = ActiveSpan::start(|| build(id.as_str()));
        let operation = Operation::over(started, span);
        Self { executions: self.executions.clone(), kind: self.kind, id, operation, why: self.why.take() }
    }

    pub(super) fn operation(&self) -> &Operation {
        &self.operation
    }

    pub(super) fn succeed(&mut self) {
        self.end(Outcome::Success, End::success(Outcome::Success.as_str()));
    }

    pub(super) fn because(&mut self, error: &dyn Error) {
        self.why = self.operation.error_message(error);
    }

    /// Without an error type the code is it.
    pub(super) fn fail(&mut self, code: &Code, error_type: Option<&str>) {
        self.executions.failed(self.kind, code);
        self.end_failed(Outcome::Error, error_type.unwrap_or_else(|| code.as_str()));
    }

    pub(super) fn timeout(&mut self) {
        self.end_failed(Outcome::Timeout, Outcome::Timeout.as_str());
    }

    pub(super) fn cancel(&mut self) {
        self.end(Outcome::Cancelled, End::cancelled(Outcome::Cancelled.as_str()));
    }

    fn end_failed(&mut self, outcome: Outcome, error_type: &str) {
        let (end, why) = (End::fatal(outcome.as_str(), error_type), self.why.take());
        self.end(outcome, why.as_deref().map_or(end, |why| end.describing(why)));
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
            // What it failed by so far is not what it panicked by.
            Some(Dropped::Panicked) => {
                self.why = None;
                self.fail(&Code::of(INTERNAL_ERROR), Some(PANIC));
            }
            Some(Dropped::Cancelled) => self.cancel(),
            None => {}
        }
    }
}
