//! The metrics as text, and who may read them: the pull endpoint without its server.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use opentelemetry_sdk::metrics::reader::MetricReader;
use prometheus::proto::MetricFamily;
use prometheus::{Registry, TextEncoder};
use tokio::sync::Semaphore;

use super::openmetrics;
use super::token::authorizes;
use crate::histograms::Histograms;
use crate::settings::Secret;
use crate::starts::Starts;

/// Scrapes at the same time; a pair of Prometheus servers needs two.
pub(super) const MOST_SCRAPES: usize = 16;
/// Prometheus dates what it scrapes by when it asked: a series has to begin before that.
const LEAST_LIFE: Duration = Duration::from_secs(1);

/// What a scrape reads, and who may: the pull endpoint without its server, for an application that serves its metrics
/// beside its own routes. Cheap to clone.
///
/// [`Telemetry::scraper`](crate::Telemetry::scraper) has it of running telemetry. An application with its own
/// OpenTelemetry set-up adds the reader to its provider:
///
/// ```
/// use opentelemetry_sdk::metrics::SdkMeterProvider;
/// use telemetry_core::{Component, Errors, Meter, MeterSettings, Scraper};
///
/// let settings = MeterSettings::default();
/// let (scraper, reader) = Scraper::new(None)?;
/// let provider = SdkMeterProvider::builder().with_reader(reader).with_view(settings.view()).build();
/// let meter = Meter::with_provider(provider, settings)?;
///
/// Errors::new(&meter).record("AGENT_EXECUTION_ERROR", Component::Agent);
/// assert!(scraper.text()?.contains("agentpane_errors_total{"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Scraper {
    registry: Registry,
    histograms: Histograms,
    token: Option<Secret>,
    starts: Arc<Mutex<Starts>>,
    /// Room for those that are collected at the same time.
    pub(super) scrapes: Arc<Semaphore>,
    pub(super) trouble_said: Arc<AtomicBool>,
}

/// The metrics cannot be read.
#[derive(thiserror::Error)]
#[error("cannot read the metrics for Prometheus: {0}")]
pub struct ScrapeError(String);

crate::debug_as_display!(ScrapeError);

impl Scraper {
    /// The media type of [`text`](Self::text), version 0.0.4 of the format.
    pub const CONTENT_TYPE: &'static str = "text/plain; version=0.0.4; charset=utf-8";
    /// The media type of [`openmetrics`](Self::openmetrics), version 1.0.0 of the format.
    pub const OPENMETRICS_TYPE: &'static str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// Also returns the reader that a meter provider fills it through. The names are the catalogue's, so the reader
    /// adds neither units nor suffixes, and no labels beside those of the catalogue.
    ///
    /// # Errors
    ///
    /// [`ScrapeError`] when the reader could not be built.
    pub fn new(token: Option<Secret>) -> Result<(Self, impl MetricReader), ScrapeError> {
        let registry = Registry::new();
        let reader = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .without_units()
            .without_counter_suffixes()
            .scope_info_enabled(false)
            .build()
            .map_err(|error| ScrapeError(error.to_string()))?;
        let scraper = Self {
            registry,
            histograms: Histograms::default(),
            token,
            starts: Arc::new(Mutex::new(Starts::begin(LEAST_LIFE))),
            scrapes: Arc::new(Semaphore::new(MOST_SCRAPES)),
            trouble_said: Arc::default(),
        };
        Ok((scraper, reader))
    }

    /// Serves these histograms beside what the reader collects: those of a meter made with
    /// [`Meter::with_histograms`](crate::Meter::with_histograms).
    #[must_use]
    pub fn with_histograms(self, histograms: &Histograms) -> Self {
        Self { histograms: histograms.clone(), ..self }
    }

    /// Whether a request with these headers may read the metrics: it shows the bearer token, or there is none. The
    /// tokens are compared in a time that tells nothing of the expected one.
    #[must_use]
    pub fn admits(&self, headers: &HeaderMap) -> bool {
        self.token.as_ref().is_none_or(|token| authorizes(headers.get(AUTHORIZATION), token.expose()))
    }

    /// All metrics in Prometheus's text format, under the names that a collector shows: those of the semantic conventions
    /// have their unit, and `_total` if they are counters.
    ///
    /// It runs the callbacks of the observable metrics, so async code calls it where blocking is allowed.
    ///
    /// # Errors
    ///
    /// [`ScrapeError`] when they cannot be put into the format.
    pub fn text(&self) -> Result<String, ScrapeError> {
        TextEncoder::new().encode_to_string(&self.families()).map_err(|error| ScrapeError(error.to_string()))
    }

    /// All metrics as OpenMetrics, which says besides since when each series counts (`_created`). A Prometheus with
    /// `--enable-feature=created-timestamp-zero-ingestion` begins the series with a zero then, so that what it was born
    /// with counts in `increase`.
    ///
    /// It runs the callbacks of the observable metrics, so async code calls it where blocking is allowed.
    ///
    /// # Errors
    ///
    /// [`ScrapeError`] when they cannot be put into the format.
    pub fn openmetrics(&self) -> Result<String, ScrapeError> {
        // Held before, so that what was collected later is not told earlier.
        let mut starts = self.starts.lock().unwrap_or_else(PoisonError::into_inner);
        openmetrics::encode(&self.families(), &mut starts).map_err(|error| ScrapeError(error.to_string()))
    }

    fn families(&self) -> Vec<MetricFamily> {
        let mut families = self.registry.gather();
        self.histograms.rename(&mut families);
        families.extend(self.histograms.families());
        families
    }
}

impl fmt::Debug for Scraper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scraper").field("token", &self.token).finish_non_exhaustive()
    }
}
