//! A worktree that is there, as the application holds it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use telemetry_core::Lease;

use super::active::Active;
use super::inner::WorktreesInner;
use super::removal::Removal;

/// A worktree that is there: it counts as active, and its disk use is measured, until a [`Removal`] has succeeded or this is
/// dropped.
#[must_use = "the worktree counts as gone when this is dropped"]
pub struct Worktree(Arc<Active>);

impl Worktree {
    pub(super) fn enter(
        inner: Lease<WorktreesInner>,
        project_id: Box<str>,
        worktree_id: Box<str>,
        path: &Path,
    ) -> Self {
        Self(Arc::new(Active::enter(inner, project_id, worktree_id, path)))
    }

    /// The project's id.
    #[must_use]
    pub fn project_id(&self) -> &str {
        &self.0.project_id
    }

    /// The worktree's id.
    #[must_use]
    pub fn worktree_id(&self) -> &str {
        &self.0.worktree_id
    }

    /// Starts its removal. Until that has succeeded it goes on being active, however else it ends.
    pub fn removal(&self) -> Removal {
        Removal::start(Arc::clone(&self.0))
    }
}

impl fmt::Debug for Worktree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worktree")
            .field("project_id", &self.0.project_id)
            .field("worktree_id", &self.0.worktree_id)
            .finish_non_exhaustive()
    }
}
