//! The guard of the creation of one worktree.

use std::error::Error;
use std::fmt;
use std::mem;
use std::path::Path;

use telemetry_core::text::{NAME, cut};
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Component, Dropped, End, Errors, Lease, Operation, clock, end_event};

use super::inner::{WorktreesInner, shown};
use super::present::Worktree;

/// The creation of one worktree: a guard with the span `worktree.create`. It is owned, and goes into a spawned task.
///
/// | end | duration | in the catalogue of errors | span and log |
/// |---|---|---|---|
/// | [`succeed`](Self::succeed) | yes | no | INFO |
/// | [`fail`](Self::fail), [`timeout`](Self::timeout) | no | `WORKTREE_CREATION_FAILED` | error with its type, ERROR |
/// | [`cancel`](Self::cancel), dropped | no | no | no error, DEBUG |
/// | dropped by a panic | no | `WORKTREE_CREATION_FAILED` | error `panic`, ERROR |
///
/// The duration is that of creations that succeed: how long a failure took says nothing of how long a worktree takes.
#[must_use = "dropped at once, the creation counts as cancelled"]
pub struct Creation {
    inner: Lease<WorktreesInner>,
    project_id: Box<str>,
    worktree_id: Box<str>,
    branch: Option<Box<str>>,
    operation: Operation,
    /// Why it fails, if it does.
    why: Option<String>,
}

impl Creation {
    pub(super) fn new(
        inner: Lease<WorktreesInner>,
        project_id: Box<str>,
        worktree_id: Box<str>,
        branch: Option<Box<str>>,
        operation: Operation,
    ) -> Self {
        Self { inner, project_id, worktree_id, branch, operation, why: None }
    }

    /// The creation's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        self.operation.span()
    }

    /// Runs the creation within its span.
    pub fn instrument<F: Future>(&self, creation: F) -> impl Future<Output = F::Output> + use<F> {
        self.operation.instrument(creation)
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

    /// Ends the creation: the worktree is there, at that path, and active from now on.
    pub fn succeed(mut self, path: impl AsRef<Path>) -> Worktree {
        let path = path.as_ref();
        let end = End::success("success");
        if let Some(elapsed) = self.operation.end(&end) {
            self.inner.creations.get(&*self.project_id).creation.record(elapsed.as_secs_f64());
            // At INFO, as every change of state.
            self.operation.say_end(|| {
                tracing::info!(
                    worktree_id = &*cut(&self.worktree_id, NAME),
                    project_id = &*cut(&self.project_id, NAME),
                    branch = self.branch.as_deref(),
                    path = shown(path),
                    duration_ms = clock::millis(elapsed),
                    "worktree created"
                );
            });
        }
        let (project_id, worktree_id) = (mem::take(&mut self.project_id), mem::take(&mut self.worktree_id));
        Worktree::enter(self.inner.clone(), project_id, worktree_id, path)
    }

    /// Ends the creation as failed, with an error type of a few words' choice: `git`.
    pub fn fail(mut self, error_type: &str) {
        self.end_failed(End::fatal("error", error_type));
    }

    /// Ends the creation as given up at its time limit, which is a failure.
    pub fn timeout(mut self) {
        self.end_failed(End::fatal("timeout", "timeout"));
    }

    /// Ends the creation as given up: nobody needs the worktree any more. To drop it does the same.
    pub fn cancel(mut self) {
        self.end(End::cancelled("cancelled"));
    }

    fn end_failed(&mut self, end: End<'_>) {
        let why = self.why.take();
        self.end(why.as_deref().map_or(end, |why| end.describing(why)));
    }

    fn end(&mut self, end: End<'_>) {
        let Some(elapsed) = self.operation.end(&end) else { return };
        if end.error_type().is_some() {
            self.inner.errors.record(Errors::WORKTREE_CREATION_FAILED, Component::Worktree);
        }
        end_event!(
            self.operation,
            end,
            elapsed,
            {
                worktree_id = &*cut(&self.worktree_id, NAME),
                project_id = &*cut(&self.project_id, NAME),
                branch = self.branch.as_deref()
            },
            "worktree creation ended",
            "worktree creation failed"
        );
    }
}

impl Drop for Creation {
    fn drop(&mut self) {
        match self.operation.dropped() {
            Some(Dropped::Cancelled) => self.end(End::cancelled("cancelled")),
            Some(Dropped::Panicked) => self.end(End::panicked("error")),
            None => {}
        }
    }
}

impl fmt::Debug for Creation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Creation")
            .field("project_id", &self.project_id)
            .field("worktree_id", &self.worktree_id)
            .finish_non_exhaustive()
    }
}
