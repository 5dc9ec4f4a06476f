//! The guard of the removal of one worktree.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use telemetry_core::text::{NAME, cut};
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Dropped, End, Operation, clock, end_event, operation_span};

use super::active::Active;

/// The removal of one worktree: a guard with the span `worktree.remove`. It is owned, and goes into a spawned task.
///
/// Once it has [succeeded](Self::succeed), the worktree is active no longer. One that [fails](Self::fail) is logged at WARN;
/// one that is cancelled or dropped at DEBUG; in both cases the worktree is there as before.
#[must_use = "dropped at once, the removal counts as cancelled"]
pub struct Removal {
    worktree: Arc<Active>,
    operation: Operation,
    /// Why it fails, if it does.
    why: Option<String>,
}

impl Removal {
    pub(super) fn start(worktree: Arc<Active>) -> Self {
        let operation = Operation::start(|| {
            operation_span!(
                "worktree.remove",
                otel.kind = "internal",
                project_id = &*cut(&worktree.project_id, NAME),
                worktree_id = &*cut(&worktree.worktree_id, NAME),
            )
        });
        Self { worktree, operation, why: None }
    }

    /// The removal's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        self.operation.span()
    }

    /// Runs the removal within its span.
    pub fn instrument<F: Future>(&self, removal: F) -> impl Future<Output = F::Output> + use<F> {
        self.operation.instrument(removal)
    }

    /// Runs `f` within its span.
    pub fn in_scope<T>(&self, f: impl FnOnce() -> T) -> T {
        self.operation.in_scope(f)
    }

    /// Says why, for a failure that follows: what the error and its causes say, masked and cut, becomes the span's status and
    /// stands in the log record.
    pub fn because(mut self, error: &dyn Error) -> Self {
        self.why = self.operation.error_message(error);
        self
    }

    /// Ends the removal: the worktree is gone.
    pub fn succeed(mut self) {
        self.worktree.leave();
        let Some(elapsed) = self.operation.end(&End::success("success")) else { return };
        let Active { worktree_id, project_id, .. } = &*self.worktree;
        self.operation.say_end(|| {
            tracing::info!(
                worktree_id = &*cut(worktree_id, NAME),
                project_id = &*cut(project_id, NAME),
                duration_ms = clock::millis(elapsed),
                "worktree removed"
            );
        });
    }

    /// Ends the removal as failed, with an error type of a few words' choice: `git`. The worktree goes on being active.
    pub fn fail(mut self, error_type: &str) {
        let why = self.why.take();
        let end = End::failure("error", error_type);
        self.end(why.as_deref().map_or(end, |why| end.describing(why)));
    }

    /// Ends the removal as given up. To drop it does the same. The worktree goes on being active.
    pub fn cancel(mut self) {
        self.end(End::cancelled("cancelled"));
    }

    fn end(&mut self, end: End<'_>) {
        let Some(elapsed) = self.operation.end(&end) else { return };
        end_event!(
            self.operation,
            end,
            elapsed,
            {
                worktree_id = &*cut(&self.worktree.worktree_id, NAME),
                project_id = &*cut(&self.worktree.project_id, NAME)
            },
            "worktree removal ended",
            "worktree removal failed"
        );
    }
}

impl Drop for Removal {
    fn drop(&mut self) {
        match self.operation.dropped() {
            Some(Dropped::Cancelled) => self.end(End::cancelled("cancelled")),
            Some(Dropped::Panicked) => self.end(End::panicked("error")),
            None => {}
        }
    }
}

impl fmt::Debug for Removal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Removal")
            .field("project_id", &self.worktree.project_id)
            .field("worktree_id", &self.worktree.worktree_id)
            .finish_non_exhaustive()
    }
}
