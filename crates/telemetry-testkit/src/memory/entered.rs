//! Telemetry that is in force on its thread for as long as it lives.

use std::ops::Deref;

use super::scope::TelemetryGuard;
use super::telemetry::TestTelemetry;

/// A [`TestTelemetry`] together with its scope: from [`entered`](TestTelemetry::entered) to its drop it receives the
/// spans and events of the thread that made it.
///
/// It stays on that thread:
///
/// ```compile_fail,E0277
/// fn sent<T: Send>(_: T) {}
/// sent(telemetry_testkit::TestTelemetry::entered());
/// ```
#[derive(Debug)]
#[must_use = "dropped at once it captures nothing"]
pub struct EnteredTelemetry {
    // Before the telemetry, which ends when nobody can record any more.
    _entered: TelemetryGuard,
    telemetry: TestTelemetry,
}

impl EnteredTelemetry {
    pub(super) fn new(telemetry: TestTelemetry) -> Self {
        Self { _entered: telemetry.enter(), telemetry }
    }
}

impl Deref for EnteredTelemetry {
    type Target = TestTelemetry;

    fn deref(&self) -> &TestTelemetry {
        &self.telemetry
    }
}
