//! The guard of one execution.

use std::error::Error;
use std::fmt;

use telemetry_core::trace::ActiveSpan;

use super::instruments::Code;
use super::work::Work;

/// One execution that its caller waits for: a guard that records how it ends. It is owned, and goes into a spawned task.
///
/// A guard that is dropped unfinished records the outcome `cancelled` and no error, when the caller went away or an
/// early return left it; and an error of the status 500, with the `error.type` `panic`, when the application's code
/// panicked: that is what its server answers.
#[must_use = "dropped at once, the execution counts as cancelled"]
pub struct Execution(Work);

impl Execution {
    pub(super) fn new(work: Work) -> Self {
        Self(work)
    }

    /// The execution's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        self.0.operation().span()
    }

    /// Runs the work, a future, within the execution's span. What is to be a part of it starts within, too.
    pub fn instrument<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.0.operation().instrument(work)
    }

    /// Runs the work, a function, within the execution's span.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        self.0.operation().in_scope(work)
    }

    /// Notes the error by which the execution fails: what it says, with its causes and without secrets, shows on the span
    /// and in the log record. A panic and an end that is no failure leave it out.
    ///
    /// ```
    /// use telemetry_runtime::Executions;
    ///
    /// let execution = Executions::global().start_task("task-17", "tool");
    /// let error = std::io::Error::other("the disk is full");
    /// execution.because(&error).fail(507);
    /// ```
    pub fn because(mut self, error: &dyn Error) -> Self {
        self.0.because(error);
        self
    }

    /// Ends the execution as a success.
    pub fn succeed(mut self) {
        self.0.succeed();
    }

    /// Ends the execution as failed, answered with this HTTP status code, which is the span's `error.type` too.
    ///
    /// A code outside 100 to 999 counts as `_other`.
    pub fn fail(mut self, status_code: u16) {
        self.0.fail(&Code::of(status_code), None);
    }

    /// [`fail`](Self::fail), with another `error.type` than the code: a class of errors (`validation`, `provider`), one
    /// of few and without content.
    pub fn fail_with(mut self, status_code: u16, error_type: &str) {
        self.0.fail(&Code::of(status_code), Some(error_type));
    }

    /// Ends an execution as failed that has no HTTP status, such as that of an agent on the command line: it counts with
    /// the `code` `none`, and the span's `error.type` is this class of errors.
    pub fn fail_as(mut self, error_type: &str) {
        self.0.fail(&Code::None, Some(error_type));
    }

    /// Ends the execution as stopped at its time limit, which counts as a timeout and not as an error of a status code.
    pub fn timeout(mut self) {
        self.0.timeout();
    }

    /// Ends the execution as given up by its caller, as dropping does: no error is counted.
    pub fn cancel(mut self) {
        self.0.cancel();
    }
}

impl fmt::Debug for Execution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Execution").field(&self.0).finish()
    }
}
