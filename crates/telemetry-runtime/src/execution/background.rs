//! Executions that nobody waits for, from their acceptance to their end in the background.

use std::error::Error;
use std::fmt;

use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Dropped, End, Label as _, Operation, Origin, conversation, end_event, operation_span};
use tracing::field::Empty;

use super::id::Id;
use crate::metrics::{AsyncKind, Outcome};
use crate::semconv;

/// An execution that was accepted: its caller has its id and does not wait. It remembers the request that it comes from,
/// and goes into the task or the queue in which it [starts](Self::start).
///
/// ```
/// use telemetry_runtime::Executions;
///
/// # async fn review() -> Result<(), std::io::Error> { Ok(()) }
/// # async fn example() {
/// let accepted = Executions::global().accept_agent("reviewer", "review");
/// tokio::spawn(async move {
///     let execution = accepted.start(); // a trace of its own, whose first span links to the request's
///     match execution.instrument(review()).await {
///         Ok(()) => execution.succeed(),
///         Err(error) => execution.because(&error).fail_as("io"),
///     }
/// });
/// // …and the request is answered with 202.
/// # }
/// ```
#[must_use = "an execution that was accepted runs from `start` on"]
pub struct Accepted {
    kind: AsyncKind,
    id: Id,
    /// The sort of task, or what the agent does.
    what: Box<str>,
    origin: Origin,
}

impl Accepted {
    pub(super) fn new(kind: AsyncKind, id: &str, what: &str) -> Self {
        Self { kind, id: Id::new(id), what: what.into(), origin: Origin::current() }
    }

    /// Starts the execution, wherever that is: its clock, and its span `task.execute_async` or `agent.execute_async`.
    pub fn start(self) -> Background {
        let Self { kind, id, what, origin } = self;
        let (name, what) = (id.as_str(), &*what);
        let span = || match kind {
            AsyncKind::Task => {
                operation_span!(
                    "task.execute_async",
                    task_id = name,
                    component = what,
                    error_type = Empty,
                    openinference.span.kind = semconv::CHAIN,
                    gen_ai.conversation.id = conversation::current().as_deref(),
                )
            }
            AsyncKind::Agent => {
                operation_span!(
                    "agent.execute_async",
                    agent_id = name,
                    action = what,
                    error_type = Empty,
                    gen_ai.operation.name = semconv::INVOKE_AGENT,
                    gen_ai.agent.name = name,
                    gen_ai.conversation.id = conversation::current().as_deref(),
                )
            }
        };
        let operation = origin.in_scope(|| Operation::start(span));
        Background { kind, id, origin, operation, why: None }
    }
}

impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted")
            .field("kind", &self.kind)
            .field("id", &self.id.as_str())
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// One execution that nobody waits for: a guard. What runs in it tells the scopes around its request what it spends.
///
/// No metric counts its end, for nobody was kept waiting: its span and its log record say how it ended, and its tools and
/// calls count for themselves. Dropped unfinished, it is `cancelled`; by a panic, an `error`.
#[must_use = "dropped at once, the execution counts as cancelled"]
pub struct Background {
    kind: AsyncKind,
    id: Id,
    origin: Origin,
    operation: Operation,
    /// What the error says by which it fails.
    why: Option<String>,
}

impl Background {
    /// The execution's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        self.operation.span()
    }

    /// Runs the work, a future, within the execution's span.
    pub fn instrument<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.origin.instrument(self.operation.instrument(work))
    }

    /// Runs the work, a function, within the execution's span.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        self.origin.in_scope(|| self.operation.in_scope(work))
    }

    /// Notes the error by which the execution fails: what it says, with its causes and without secrets, shows on the span
    /// and in the log record.
    pub fn because(mut self, error: &dyn Error) -> Self {
        self.why = self.operation.error_message(error);
        self
    }

    /// Ends the execution as a success.
    pub fn succeed(mut self) {
        self.end(End::success(Outcome::Success.as_str()));
    }

    /// Ends the execution as failed, with this class of errors, one of few and without content, for the span's `error.type`.
    pub fn fail_as(mut self, error_type: &str) {
        self.end_failed(Outcome::Error, error_type);
    }

    /// Ends the execution as stopped at a time limit.
    pub fn timeout(mut self) {
        self.end_failed(Outcome::Timeout, Outcome::Timeout.as_str());
    }

    /// Ends the execution as given up, as dropping does.
    pub fn cancel(mut self) {
        self.end(End::cancelled(Outcome::Cancelled.as_str()));
    }

    fn end_failed(&mut self, outcome: Outcome, error_type: &str) {
        let (end, why) = (End::fatal(outcome.as_str(), error_type), self.why.take());
        self.end(why.as_deref().map_or(end, |why| end.describing(why)));
    }

    fn end(&mut self, end: End<'_>) {
        let Some(elapsed) = self.operation.end(&end) else { return };
        self.operation.span().record("error_type", end.error_type());
        let (kind, id) = (self.kind.as_str(), self.id.as_str());
        end_event!(
            self.operation,
            end,
            elapsed,
            { kind, id },
            "asynchronous execution ended",
            "asynchronous execution failed"
        );
    }
}

impl fmt::Debug for Background {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Background")
            .field("kind", &self.kind)
            .field("id", &self.id.as_str())
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        match self.operation.dropped() {
            Some(Dropped::Panicked) => self.end(End::panicked(Outcome::Error.as_str())),
            Some(Dropped::Cancelled) => self.end(End::cancelled(Outcome::Cancelled.as_str())),
            None => {}
        }
    }
}
