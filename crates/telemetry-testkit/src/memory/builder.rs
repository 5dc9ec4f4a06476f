//! How telemetry in memory is made, and what can be chosen of it.

use std::sync::Arc;
use std::time::Instant;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use telemetry_core::trace::{Sampler, Sampling};
use telemetry_core::{Meter, MeterSettings, SettingsError};

use super::capture::{Capture, LogCapture, SpanCapture};
use super::entered::EnteredTelemetry;
use super::reader::{Reader, SharedReader};
use super::scope::Scope;
use super::subscriber;
use super::telemetry::TestTelemetry;

impl TestTelemetry {
    /// Telemetry with default settings that samples every span.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it starts something: `default()` would hide that")]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Telemetry with default settings that captures the spans and events of this thread for as long as it lives.
    ///
    /// ```
    /// use telemetry_testkit::TestTelemetry;
    ///
    /// let telemetry = TestTelemetry::entered();
    /// tracing::info_span!("checkout", order = 7).in_scope(|| tracing::warn!("card declined"));
    /// telemetry.span("checkout").assert_attribute("order", "7");
    /// telemetry.log("card declined").assert_severity("WARN");
    /// ```
    #[must_use = "dropped at once it captures nothing"]
    pub fn entered() -> EnteredTelemetry {
        Self::builder().entered()
    }

    /// Telemetry with other meter settings or another sampling.
    #[must_use]
    pub fn builder() -> TestTelemetryBuilder {
        TestTelemetryBuilder::default()
    }
}

/// What a [`TestTelemetry`] should be like.
#[derive(Debug, Clone)]
pub struct TestTelemetryBuilder {
    settings: MeterSettings,
    sampling: Sampling,
    clock: Option<fn() -> Instant>,
}

impl Default for TestTelemetryBuilder {
    fn default() -> Self {
        Self { settings: MeterSettings::default(), sampling: Sampling::AlwaysOn, clock: None }
    }
}

impl TestTelemetryBuilder {
    /// Settings of the meter: namespace, detail labels, limits, buckets.
    #[must_use]
    pub fn meter_settings(mut self, settings: MeterSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Which traces are kept; all of them by default, whatever the caller decided.
    #[must_use]
    pub fn sampling(mut self, sampling: Sampling) -> Self {
        self.sampling = sampling;
        self
    }

    /// Samples no span; log records and metrics stay.
    #[must_use]
    pub fn unsampled(self) -> Self {
        self.sampling(Sampling::AlwaysOff)
    }

    /// Measures by tokio's clock wherever the telemetry is in force, so that durations are exact where a test has
    /// paused it.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() {
    /// use std::time::Duration;
    /// use telemetry_core::clock;
    /// use telemetry_testkit::TestTelemetry;
    ///
    /// let _telemetry = TestTelemetry::builder().with_tokio_time().entered();
    /// let start = clock::now();
    /// tokio::time::advance(Duration::from_secs(3_600)).await;
    /// assert_eq!(clock::now() - start, Duration::from_secs(3_600));
    /// # }
    /// ```
    #[must_use]
    pub fn with_tokio_time(mut self) -> Self {
        self.clock = Some(|| tokio::time::Instant::now().into_std());
        self
    }

    /// The telemetry.
    ///
    /// # Panics
    ///
    /// When a setting is not accepted; [`try_build`](Self::try_build) returns that as an error.
    #[must_use]
    #[track_caller]
    pub fn build(self) -> TestTelemetry {
        match self.try_build() {
            Ok(telemetry) => telemetry,
            Err(error) => panic!("{error}"),
        }
    }

    /// The telemetry, which captures the spans and events of this thread for as long as it lives.
    ///
    /// # Panics
    ///
    /// When a setting is not accepted.
    #[must_use = "dropped at once it captures nothing"]
    #[track_caller]
    pub fn entered(self) -> EnteredTelemetry {
        EnteredTelemetry::new(self.build())
    }

    /// The telemetry, or why its settings are not accepted.
    ///
    /// # Errors
    ///
    /// The meter's, for a setting out of range.
    pub fn try_build(self) -> Result<TestTelemetry, SettingsError> {
        let resource = Resource::builder_empty().with_service_name("test").build();
        let reader = Arc::new(Reader::default());
        let meters = SdkMeterProvider::builder()
            .with_resource(resource.clone())
            .with_view(self.settings.view())
            .with_reader(SharedReader(Arc::clone(&reader)))
            .build();
        let meter = Meter::with_histograms(meters.clone(), self.settings, &reader.histograms)?;
        let capture = Arc::new(Capture::default());
        let tracers = SdkTracerProvider::builder()
            .with_resource(resource.clone())
            .with_sampler(Sampler::new(self.sampling))
            .with_simple_exporter(SpanCapture::new(&capture))
            .build();
        let loggers = SdkLoggerProvider::builder()
            .with_resource(resource)
            .with_simple_exporter(LogCapture::new(&capture))
            .build();
        let dispatch = subscriber::dispatch(&tracers, &loggers);
        let scope = Scope::new(dispatch, self.sampling, self.clock);
        Ok(TestTelemetry { meter, reader, capture, scope, meters, tracers, loggers })
    }
}
