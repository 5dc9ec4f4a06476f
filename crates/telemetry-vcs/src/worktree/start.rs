//! The creation of a worktree about to start, of which more may be known than its names.

use telemetry_core::text::{NAME, cut};
use telemetry_core::{Operation, Shared, operation_span};

use super::creation::Creation;
use super::inner::WorktreesInner;

/// The creation of a worktree about to start. [`start`](Self::start) starts it.
#[derive(Debug, Clone, Copy)]
#[must_use = "a creation starts with `start`"]
pub struct CreationStart<'a> {
    inner: &'a Shared<WorktreesInner>,
    project_id: &'a str,
    worktree_id: &'a str,
    branch: Option<&'a str>,
}

impl<'a> CreationStart<'a> {
    pub(super) fn new(inner: &'a Shared<WorktreesInner>, project_id: &'a str, worktree_id: &'a str) -> Self {
        Self { inner, project_id, worktree_id, branch: None }
    }

    /// The branch that is checked out, for span and logs.
    pub fn branch(self, branch: &'a str) -> Self {
        Self { branch: Some(branch), ..self }
    }

    /// Starts the creation: its clock and its span `worktree.create`.
    pub fn start(self) -> Creation {
        let Self { inner, project_id, worktree_id, branch } = self;
        let branch: Option<Box<str>> = branch.map(|branch| cut(branch, NAME).into());
        let operation = Operation::start(|| {
            operation_span!(
                "worktree.create",
                otel.kind = "internal",
                project_id = &*cut(project_id, NAME),
                worktree_id = &*cut(worktree_id, NAME),
                vcs.ref.head.name = branch.as_deref(),
            )
        });
        Creation::new(inner.lease(), project_id.into(), worktree_id.into(), branch, operation)
    }
}
