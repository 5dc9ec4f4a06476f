//! How long something lasts that may have begun before this process.

use std::time::{Duration, Instant, SystemTime};

use telemetry_core::clock;

/// When something began: now, or at a time that a store tells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Since {
    at: Instant,
    /// How long it had lasted by then.
    before: Duration,
}

impl Since {
    pub(crate) fn now() -> Self {
        Self { at: clock::now(), before: Duration::ZERO }
    }

    /// Since that time. One that is yet to come is now: clocks of two machines differ.
    pub(crate) fn time(began: SystemTime) -> Self {
        Self { before: SystemTime::now().duration_since(began).unwrap_or_default(), ..Self::now() }
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.before.saturating_add(clock::now().saturating_duration_since(self.at))
    }
}
