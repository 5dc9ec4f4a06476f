//! The telemetry of one test: what it is entered with, and what it has captured.

use std::sync::Arc;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use prost::Message;
use telemetry_core::Meter;
use tracing::Dispatch;

use super::capture::Capture;
use super::reader::Reader;
use super::scope::{Captured, Scope, TelemetryGuard};
use crate::canary;
use crate::received::{LogSet, MetricSet, SpanSet};

/// Telemetry of one test, in memory: a meter of its own, and a tracing subscriber that is installed for a scope.
///
/// Nothing is global, so tests run in parallel. Metrics are collected when they are read; a span is there once it has
/// ended; a log record at once.
///
/// ```
/// use telemetry_testkit::TestTelemetry;
///
/// let telemetry = TestTelemetry::new();
/// telemetry.in_scope(|| {
///     let _span = tracing::info_span!("checkout", order = 7).entered();
///     tracing::warn!(attempt = 2, "card declined");
/// });
///
/// let (spans, logs) = (telemetry.spans(), telemetry.logs());
/// spans.one("checkout").assert_attribute("order", "7");
/// logs.one("card declined").assert_attribute("attempt", "2");
/// assert_eq!(logs.one("card declined").span_id.as_ref(), Some(&spans.one("checkout").span_id));
/// ```
#[derive(Debug)]
pub struct TestTelemetry {
    pub(super) meter: Meter,
    pub(super) reader: Arc<Reader>,
    pub(super) capture: Arc<Capture>,
    pub(super) scope: Scope,
    pub(super) meters: SdkMeterProvider,
    pub(super) tracers: SdkTracerProvider,
    pub(super) loggers: SdkLoggerProvider,
}

impl TestTelemetry {
    /// The meter to make metric groups with.
    #[must_use]
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Captures the spans and events of this thread until the guard is dropped, and puts the sampling in force there.
    ///
    /// That covers every task of a current-thread runtime. For a multi-thread one see [`capture`](Self::capture).
    pub fn enter(&self) -> TelemetryGuard {
        self.scope.enter()
    }

    /// Captures the spans and events of a closure.
    pub fn in_scope<T>(&self, scope: impl FnOnce() -> T) -> T {
        let _entered = self.enter();
        scope()
    }

    /// Captures the spans and events of a future wherever it is polled, and wherever it is dropped. Tasks that it
    /// spawns need a `capture` of their own.
    pub fn capture<F: Future>(&self, future: F) -> Captured<F> {
        Captured::new(self.scope.clone(), future)
    }

    /// The subscriber, for code that takes one. It keeps the sampled spans, but a guard that asks for the sampling
    /// before it builds its span finds none in force where only the subscriber is installed.
    #[must_use]
    pub fn dispatch(&self) -> &Dispatch {
        self.scope.dispatch()
    }

    /// The metrics as they are now.
    #[must_use]
    pub fn metrics(&self) -> MetricSet {
        let mut metrics = MetricSet::default();
        metrics.add(&self.collect());
        metrics
    }

    /// The spans that have ended.
    #[must_use]
    pub fn spans(&self) -> SpanSet {
        self.capture.spans()
    }

    /// The log records.
    #[must_use]
    pub fn logs(&self) -> LogSet {
        self.capture.logs()
    }

    /// Forgets spans and log records. Metrics are cumulative and stay.
    pub fn clear(&self) {
        self.capture.clear();
    }

    /// Whether these bytes occur anywhere in the telemetry as it would be exported (serialized protobuf).
    #[must_use]
    pub fn contains_bytes(&self, canary: impl AsRef<[u8]>) -> bool {
        let canary = canary.as_ref();
        canary::found(canary, &self.collect().encode_to_vec()) || self.capture.contains(canary)
    }

    /// All of it, in a form for failure messages.
    #[must_use]
    pub fn dump(&self) -> String {
        format!("{}\n{}\n{}", self.metrics(), self.spans(), self.logs())
    }

    fn collect(&self) -> ExportMetricsServiceRequest {
        self.reader.collect()
    }
}

impl Drop for TestTelemetry {
    fn drop(&mut self) {
        // Clones held elsewhere (a global meter, a span still open) must not report to a test that is over.
        let _ = self.meters.shutdown();
        let _ = self.tracers.shutdown();
        let _ = self.loggers.shutdown();
    }
}
