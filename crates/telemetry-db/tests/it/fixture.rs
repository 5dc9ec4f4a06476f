//! Telemetry in memory, databases recorded by it, and the names that the tests read.

use std::cell::Cell;
use std::ops::Deref;
use std::time::{Duration, Instant};

use telemetry_core::clock::{self, ScopedClock};
use telemetry_db::{Db, DbSettings};
use telemetry_testkit::{EnteredTelemetry, TestTelemetry};

/// The names of the contract, of which the tests need one spelling.
pub(crate) const QUERIES: &str = "agentpane_db_queries_total";
pub(crate) const DURATION: &str = "agentpane_db_query_duration_seconds";
pub(crate) const CONNECTIONS: &str = "agentpane_db_connections_active";
pub(crate) const SIZE: &str = "agentpane_db_size_bytes";

/// Telemetry in memory for this thread, and databases recorded by it.
pub(crate) struct Fixture {
    pub(crate) db: Db,
    telemetry: EnteredTelemetry,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with(DbSettings::default())
    }

    pub(crate) fn with(settings: DbSettings) -> Self {
        let telemetry = TestTelemetry::entered();
        Self { db: Db::with_settings(telemetry.meter(), settings).expect("sound settings"), telemetry }
    }

    /// Asserts that so many queries of this kind on this table have been counted and timed.
    #[track_caller]
    pub(crate) fn assert_queries(&self, operation: &str, table: &str, count: u32) {
        let labels = [("operation", operation), ("table", table)];
        let metrics = self.metrics();
        metrics.assert_total(QUERIES, &labels, f64::from(count));
        metrics.assert_total(DURATION, &labels, f64::from(count));
    }

    /// Asserts how many queries have been counted in all.
    #[track_caller]
    pub(crate) fn assert_all_queries(&self, count: u32) {
        self.metrics().assert_total(QUERIES, &[], f64::from(count));
    }
}

impl Deref for Fixture {
    type Target = TestTelemetry;

    fn deref(&self) -> &TestTelemetry {
        &self.telemetry
    }
}

thread_local! {
    static NOW: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// A clock that stands until it is set forward.
pub(crate) struct StandingClock {
    _scoped: ScopedClock,
}

impl StandingClock {
    pub(crate) fn new() -> Self {
        NOW.set(Some(Instant::now()));
        Self { _scoped: clock::scoped(|| NOW.get().expect("it is set")) }
    }

    pub(crate) fn forward(&self, by: Duration) {
        NOW.set(NOW.get().map(|now| now + by));
    }
}
