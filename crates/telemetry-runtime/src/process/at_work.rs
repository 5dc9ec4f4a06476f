//! Whether a task does a piece of work for the whole process, so that no second one begins.

use std::sync::atomic::{AtomicBool, Ordering};

/// The right to do the work: one task has it, until it or its runtime ends.
pub(super) struct AtWork(&'static AtomicBool);

impl AtWork {
    /// Begins, unless another does so already.
    pub(super) fn begin(flag: &'static AtomicBool) -> Option<Self> {
        (!flag.swap(true, Ordering::AcqRel)).then_some(Self(flag))
    }

    /// Ends. Whoever came up with work meanwhile has seen that somebody was at it: so this one goes on if there is more,
    /// unless another has begun.
    pub(super) fn end(self, more: impl FnOnce() -> bool) -> Option<Self> {
        let flag = self.0;
        drop(self);
        if more() { Self::begin(flag) } else { None }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
