//! What most tests ask of their telemetry, in one call each.

use super::telemetry::TestTelemetry;
use crate::received::{LogEntry, SpanEntry};

/// Look-ups and assertions of what there is now; [`metrics`](TestTelemetry::metrics), [`spans`](TestTelemetry::spans)
/// and [`logs`](TestTelemetry::logs) have the rest.
impl TestTelemetry {
    /// The one span of that name; asserts that there is one.
    ///
    /// # Panics
    ///
    /// When there is none, or more than one.
    #[track_caller]
    pub fn span(&self, name: &str) -> SpanEntry {
        self.spans().one(name).clone()
    }

    /// The one span with that attribute; asserts that there is one.
    ///
    /// # Panics
    ///
    /// When there is none, or more than one.
    #[track_caller]
    pub fn span_with(&self, key: &str, value: &str) -> SpanEntry {
        self.spans().one_with(key, value).clone()
    }

    /// The one log record whose message contains the text; asserts that there is one.
    ///
    /// # Panics
    ///
    /// When there is none, or more than one.
    #[track_caller]
    pub fn log(&self, text: &str) -> LogEntry {
        self.logs().one(text).clone()
    }

    /// The sum over all series that have these labels: of their numbers, or of a histogram's counts. 0 when there are
    /// none.
    #[must_use]
    pub fn total(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.metrics().total(name, labels)
    }

    /// Asserts the sum over all series that have these labels; see [`total`](Self::total).
    ///
    /// # Panics
    ///
    /// When it differs.
    #[track_caller]
    pub fn assert_total(&self, name: &str, labels: &[(&str, &str)], expected: f64) {
        self.metrics().assert_total(name, labels, expected);
    }

    /// Asserts the value of a counter.
    ///
    /// # Panics
    ///
    /// When it differs, when none or several series have these labels, or when it is no counter.
    #[track_caller]
    pub fn assert_counter(&self, name: &str, labels: &[(&str, &str)], expected: f64) {
        self.metrics().assert_counter(name, labels, expected);
    }

    /// Asserts the value of an up-down counter.
    ///
    /// # Panics
    ///
    /// When it differs, when none or several series have these labels, or when it is no up-down counter.
    #[track_caller]
    pub fn assert_up_down_counter(&self, name: &str, labels: &[(&str, &str)], expected: f64) {
        self.metrics().assert_up_down_counter(name, labels, expected);
    }

    /// Asserts the value of a gauge.
    ///
    /// # Panics
    ///
    /// When it differs, when none or several series have these labels, or when it is no gauge.
    #[track_caller]
    pub fn assert_gauge(&self, name: &str, labels: &[(&str, &str)], expected: f64) {
        self.metrics().assert_gauge(name, labels, expected);
    }

    /// Asserts how many measurements a histogram holds.
    ///
    /// # Panics
    ///
    /// When it differs, when none or several series have these labels, or when it is no histogram.
    #[track_caller]
    pub fn assert_histogram_count(&self, name: &str, labels: &[(&str, &str)], expected: u64) {
        self.metrics().assert_histogram_count(name, labels, expected);
    }

    /// Asserts that no series of that metric has these labels (with no labels: that the metric has no series).
    ///
    /// # Panics
    ///
    /// When there is one.
    #[track_caller]
    pub fn assert_no_series(&self, name: &str, labels: &[(&str, &str)]) {
        self.metrics().assert_absent(name, labels);
    }

    /// Asserts that the text occurs in nothing that would be exported: the canary of a secret, a prompt, a payload.
    ///
    /// # Panics
    ///
    /// When it does, and when the text is empty.
    #[track_caller]
    pub fn assert_nowhere(&self, canary: &str) {
        assert!(!self.contains_bytes(canary), "{canary:?} is in\n{}", self.dump());
    }
}
