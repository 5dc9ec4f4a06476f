//! What may bound a measurement, and what comes of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What one measurement may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) timeout: Duration,
    pub(super) entries: usize,
}

/// How much was counted, and why that is not all, where it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) bytes: u64,
    pub(super) part: Option<Part>,
}

/// Why not all was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// It took as long as it may.
    Timeout,
    /// There are more files and folders than may be counted.
    Entries,
    /// Folders lie deeper within each other than may be open at once.
    Depth,
    /// A folder or a file cannot be read.
    Unreadable,
}

impl Part {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Entries => "entries",
            Self::Depth => "depth",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Whether a measurement may go on.
pub(super) struct Clock<'a> {
    ends: Instant,
    stop: &'a AtomicBool,
}

impl<'a> Clock<'a> {
    pub(super) fn new(timeout: Duration, stop: &'a AtomicBool) -> Self {
        Self { ends: Instant::now() + timeout, stop }
    }

    pub(super) fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || Instant::now() >= self.ends
    }
}
