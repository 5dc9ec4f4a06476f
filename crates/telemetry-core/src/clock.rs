//! The one clock that operations are measured by.

use std::cell::Cell;
use std::time::{Duration, Instant};

thread_local! {
    static SCOPED: Cell<Option<fn() -> Instant>> = const { Cell::new(None) };
}

/// The time now, by the system's monotonic clock: how long something took never depends on a runtime, and never runs
/// backwards.
///
/// ```
/// let started = telemetry_core::clock::now();
/// assert!(telemetry_core::clock::now() >= started);
/// ```
#[inline]
#[must_use]
pub fn now() -> Instant {
    match SCOPED.get() {
        None => Instant::now(),
        Some(clock) => clock(),
    }
}

/// Puts another clock in its place for this thread, until the guard is dropped: for tests, in which the time of tokio
/// is paused.
#[must_use = "the clock is put back when this is dropped"]
pub fn scoped(clock: fn() -> Instant) -> ScopedClock {
    ScopedClock { before: SCOPED.replace(Some(clock)) }
}

/// Puts back the clock that was there before [`scoped`], when dropped.
#[derive(Debug)]
pub struct ScopedClock {
    before: Option<fn() -> Instant>,
}

impl Drop for ScopedClock {
    fn drop(&mut self) {
        SCOPED.set(self.before);
    }
}

/// Whole milliseconds, as spans and log records carry durations; signed, because that is what a whole number of
/// OpenTelemetry is.
///
/// ```
/// use std::time::Duration;
///
/// assert_eq!(telemetry_core::clock::millis(Duration::from_micros(1_999)), 1);
/// assert_eq!(telemetry_core::clock::millis(Duration::MAX), i64::MAX);
/// ```
#[inline]
#[must_use]
pub fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
