//! The running telemetry as an application holds it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use super::report::{FlushReport, ShutdownReport};
use super::running::Inner;
use super::{layers, panic};
use crate::Meter;
use crate::levels::LogLevels;
use crate::settings::Warning;
use crate::trace::{self, Course, Installed};

/// The running telemetry. Keep it until the end of `main`: dropping it flushes what was recorded and stops the export.
///
/// ```no_run
/// let telemetry = telemetry_core::Telemetry::builder("shop").from_env()?.init()?;
/// // … the application …
/// let report = telemetry.shutdown();
/// if !report.is_complete() {
///     eprintln!("telemetry was lost: {report}");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// An application that leaves through `std::process::exit` or `abort`, or is killed, drops nothing: it calls
/// [`shutdown`](Self::shutdown) before, or asks for [`shutdown_on_signals`](Self::shutdown_on_signals).
#[derive(Debug)]
#[must_use = "dropping it ends the export"]
pub struct Telemetry {
    pub(super) inner: Arc<Inner>,
}

impl Telemetry {
    /// The meter for metric groups; after `init` the same as [`Meter::global`].
    pub fn meter(&self) -> &Meter {
        &self.inner.meter
    }

    /// What was wrong with the settings and no reason not to start: an argument that has no effect, and every value that
    /// is not accepted where the telemetry is turned off. Each was logged as a warning of the target `telemetry`.
    pub fn warnings(&self) -> &[Warning] {
        &self.inner.warnings
    }

    /// Says each warning once, to whoever listens by now.
    pub(super) fn warn(&self) {
        for warning in self.warnings() {
            tracing::warn!(target: "telemetry", setting = warning.setting(), "{warning}");
        }
    }

    /// The SDK's meter provider, unless metrics are off. What its `force_flush` returns says nothing of the delivery;
    /// [`flush_within`](Self::flush_within) does.
    pub fn meter_provider(&self) -> Option<&SdkMeterProvider> {
        self.inner.metrics.as_ref().map(|metrics| &metrics.provider)
    }

    /// The SDK's tracer provider, unless traces are off.
    pub fn tracer_provider(&self) -> Option<&SdkTracerProvider> {
        self.inner.traces.as_ref().map(|traces| &traces.provider)
    }

    /// The SDK's logger provider, unless logs are off.
    pub fn logger_provider(&self) -> Option<&SdkLoggerProvider> {
        self.inner.logs.as_ref().map(|logs| &logs.provider)
    }

    /// Both layers, for an own subscriber.
    ///
    /// ```
    /// use tracing_subscriber::layer::SubscriberExt;
    ///
    /// let telemetry = telemetry_core::Telemetry::builder("shop").disabled(true).build()?;
    /// let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    /// # Ok::<(), telemetry_core::InitError>(())
    /// ```
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        // A list, because two layers of which one is absent lose their filters when they are put together.
        let spans = self.span_layer::<S>().map(Layer::boxed);
        let layers: Vec<_> = spans.into_iter().chain(self.log_layer::<S>().map(Layer::boxed)).collect();
        (!layers.is_empty()).then_some(layers)
    }

    /// The layer that makes OpenTelemetry spans of `tracing` spans; it does nothing while traces are off.
    pub fn span_layer<S>(&self) -> Option<impl Layer<S> + Send + Sync + use<S>>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        self.inner.traces.as_ref().map(|traces| layers::spans(&traces.provider, &traces.levels))
    }

    /// The layer that makes OpenTelemetry log records of `tracing` events; it does nothing while logs are off.
    pub fn log_layer<S>(&self) -> Option<impl Layer<S> + Send + Sync + use<S>>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        self.inner.logs.as_ref().map(|logs| layers::logs(&logs.provider, &self.inner.levels))
    }

    /// Which events are exported and printed, to be changed while the process runs.
    ///
    /// ```
    /// let telemetry = telemetry_core::Telemetry::builder("shop").log_level("warn").build()?;
    /// telemetry.log_levels().set("info,shop::checkout=debug")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn log_levels(&self) -> &LogLevels {
        &self.inner.levels
    }

    /// Makes this telemetry's sampling the one that guards ask before they build a span; false if the process has one
    /// already. [`init`](crate::TelemetryBuilder::init) does it. Without it, after [`build`](crate::TelemetryBuilder::build), guards
    /// build the span of every trace that the subscriber wants, and pay for those that are then not sampled.
    ///
    /// While traces are off it does nothing: the application's own layers may show the spans.
    ///
    /// ```
    /// let telemetry = telemetry_core::Telemetry::builder("shop").sample_ratio(0.1).build()?;
    /// assert!(telemetry.install_sampling());
    /// # Ok::<(), telemetry_core::InitError>(())
    /// ```
    pub fn install_sampling(&self) -> bool {
        self.inner.traces.is_some() && self.set_out(false)
    }

    /// Sets the course of the process's traces; `bridged` where the subscriber is ours.
    pub(super) fn set_out(&self, bridged: bool) -> bool {
        let (course, level) = match &self.inner.traces {
            Some(traces) => {
                let levels = traces.levels.clone();
                let level = move |span: &Metadata<'_>| levels.would_enable(span.target(), span.level());
                (Course::Spans(traces.sampling), Some(Box::new(level) as _))
            }
            None => (Course::Through { starts: !self.inner.disabled }, None),
        };
        trace::set_out(Installed { course, level, bridged })
    }

    /// Where metrics are served for Prometheus; `None` unless that was asked for. With port 0 in the settings, this
    /// is the port that the system chose.
    pub fn prometheus_address(&self) -> Option<SocketAddr> {
        self.inner.pull.address
    }

    /// What a scrape reads, for a server of the application's own; `None` unless the metrics can be pulled
    /// ([`TelemetryBuilder::prometheus_embedded`](crate::TelemetryBuilder::prometheus_embedded)).
    #[cfg(feature = "prometheus")]
    pub fn scraper(&self) -> Option<&crate::Scraper> {
        self.inner.pull.scraper.as_ref()
    }

    /// Exports what was recorded so far, and blocks until that is done or the limit has passed.
    ///
    /// It blocks the calling thread; an async application calls it from `spawn_blocking` where that matters.
    pub fn flush_within(&self, limit: Duration) -> FlushReport {
        self.inner.flush(limit)
    }

    /// Exports what was recorded and ends the telemetry, within the shutdown timeout of the settings (default 5 s).
    pub fn shutdown(&self) -> ShutdownReport {
        self.shutdown_within(self.inner.shutdown_timeout)
    }

    /// Exports what was recorded and ends the telemetry. Returns at most half a second after the limit, whatever the
    /// collector does, from any thread and any runtime. What could not be exported by then is lost, and counted in
    /// the report. Another call returns the first one's report.
    pub fn shutdown_within(&self, limit: Duration) -> ShutdownReport {
        self.inner.shutdown(limit)
    }

    /// Whether anything is pushed.
    pub(super) fn exports(&self) -> bool {
        let pushed = self.inner.metrics.as_ref().is_some_and(|metrics| metrics.push.is_some());
        pushed || self.inner.traces.is_some() || self.inner.logs.is_some()
    }

    /// Flushes after each panic of any thread, for at most `limit`, after the panic hook that was set before. The
    /// thread that panics waits for it.
    pub fn flush_on_panic(&self, limit: Duration) {
        panic::flush_on_panic(Arc::downgrade(&self.inner), limit);
    }
}

impl From<Inner> for Telemetry {
    fn from(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        let _nobody_to_tell = self.shutdown();
    }
}
