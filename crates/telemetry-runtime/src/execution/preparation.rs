//! The guard of an agent's preparation.

use std::error::Error;
use std::fmt;

use telemetry_core::trace::ActiveSpan;

use super::instruments::Code;
use super::start::ExecutionStart;
use super::work::Work;

/// The first half of an agent's execution, in which its configuration is loaded: a guard that becomes the
/// [`Execution`](super::Execution) once the agent is ready.
///
/// Dropped before that, it ends the execution as one of those does.
#[must_use = "dropped at once, the execution counts as cancelled"]
pub struct AgentPreparation(Work);

impl AgentPreparation {
    pub(super) fn new(work: Work) -> Self {
        Self(work)
    }

    /// The preparation's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        self.0.operation().span()
    }

    /// Runs the preparation, a future, within its span.
    pub fn instrument<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.0.operation().instrument(work)
    }

    /// Runs the preparation, a function, within its span.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        self.0.operation().in_scope(work)
    }

    /// Prepares the execution proper, for which the agent is ready: [`start`](ExecutionStart::start) ends the
    /// preparation and starts the span `agent.execute_sync`. The execution's latency goes on from the preparation's
    /// start.
    pub fn ready<'a>(self, action: &'a str) -> ExecutionStart<'a> {
        ExecutionStart::prepared(self.0, action)
    }

    /// Notes the error by which the execution fails: what it says, with its causes and without secrets, shows on the span
    /// and in the log record. A panic and an end that is no failure leave it out.
    pub fn because(mut self, error: &dyn Error) -> Self {
        self.0.because(error);
        self
    }

    /// Ends the execution as failed before it began, answered with this HTTP status code.
    pub fn fail(mut self, status_code: u16) {
        self.0.fail(&Code::of(status_code), None);
    }

    /// [`fail`](Self::fail), with another `error.type` than the code: a class of errors, one of few and without content.
    pub fn fail_with(mut self, status_code: u16, error_type: &str) {
        self.0.fail(&Code::of(status_code), Some(error_type));
    }

    /// Ends the execution as failed before it began, without an HTTP status.
    pub fn fail_as(mut self, error_type: &str) {
        self.0.fail(&Code::None, Some(error_type));
    }

    /// Ends the execution as stopped at its time limit before it began.
    pub fn timeout(mut self) {
        self.0.timeout();
    }

    /// Ends the execution as given up by its caller before it began, as dropping does.
    pub fn cancel(mut self) {
        self.0.cancel();
    }
}

impl fmt::Debug for AgentPreparation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AgentPreparation").field(&self.0).finish()
    }
}
