//! How many series a process may have, and how many it has.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Room for series, of which each takes a place for good.
pub(crate) struct Room {
    most: usize,
    taken: AtomicUsize,
    full_said: AtomicBool,
}

impl Room {
    pub(super) fn of(most: usize) -> Self {
        Self { most, taken: AtomicUsize::new(0), full_said: AtomicBool::new(false) }
    }

    /// Whether there is a place left. That there is none is said once.
    pub(crate) fn is_left(&self) -> bool {
        let is_left = self.taken.load(Ordering::Relaxed) < self.most;
        if !is_left && !self.full_said.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                target: "telemetry",
                max_series = self.most,
                "the process has as many series as it may: new ones fold into _other"
            );
        }
        is_left
    }

    /// Whether what is not recorded yet may take a place: it leaves half of them to what is.
    pub(crate) fn is_ample(&self) -> bool {
        self.taken.load(Ordering::Relaxed) < self.most / 2
    }

    /// Takes a place; false when all are taken.
    pub(crate) fn take(&self) -> bool {
        let more = |taken| (taken < self.most).then_some(taken + 1);
        self.is_left() && self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }
}
