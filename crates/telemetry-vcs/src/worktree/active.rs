//! What a worktree that is there and its removals share.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use telemetry_core::Lease;

use super::inner::WorktreesInner;
use crate::disk::WatchedDisk;

/// What a worktree that is there and its removals share: it counts until it is gone, or nobody holds this any more.
pub(super) struct Active {
    inner: Lease<WorktreesInner>,
    pub(super) project_id: Box<str>,
    pub(super) worktree_id: Box<str>,
    is_gone: AtomicBool,
    disk: Mutex<Option<WatchedDisk>>,
}

impl Active {
    pub(super) fn enter(
        inner: Lease<WorktreesInner>,
        project_id: Box<str>,
        worktree_id: Box<str>,
        path: &Path,
    ) -> Self {
        inner.enter(&project_id);
        let disk = Mutex::new(inner.disks.watch(&worktree_id, path));
        Self { inner, project_id, worktree_id, is_gone: AtomicBool::new(false), disk }
    }

    /// It is no longer there.
    pub(super) fn leave(&self) {
        if !self.is_gone.swap(true, Ordering::Relaxed) {
            self.inner.leave(&self.project_id);
            drop(self.disk.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        self.leave();
    }
}
