//! Where the meter's histograms and their series are kept, and how they are collected.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use opentelemetry::KeyValue;

use super::Distribution;
use crate::def::MetricDef;

/// Where a meter keeps its histograms, so that recording into one takes no lock; cheap to clone.
///
/// The SDK cannot be handed a distribution, so an exporter has to add what is in here to what the SDK collected:
/// [`Telemetry`](crate::Telemetry) does. An application that exports by itself, and makes its meter with
/// [`Meter::with_histograms`](crate::Meter::with_histograms), calls [`append_to`](Self::append_to) or reads
/// [`collect`](Self::collect).
///
/// ```
/// use opentelemetry_sdk::metrics::SdkMeterProvider;
/// use telemetry_core::{Histogram, Histograms, Meter, MeterSettings, Metrics, Single};
///
/// /// What is measured of polls.
/// #[derive(Metrics)]
/// #[metrics(scope = "example", entity())]
/// struct PollMetrics {
///     /// Polls until a workflow ended
///     #[metric(name = "workflow_polls", buckets = [1.0, 10.0, 100.0])]
///     polls: Histogram,
/// }
///
/// let histograms = Histograms::default();
/// let provider = SdkMeterProvider::builder().build();
/// let meter = Meter::with_histograms(provider, MeterSettings::default(), &histograms)?;
/// Single::<PollMetrics>::new(&meter).polls.record(7.0);
///
/// let collected = histograms.collect();
/// assert_eq!(collected[0].name, "workflow_polls");
/// assert_eq!(collected[0].points[0].bucket_counts, [0, 1, 0, 0]);
/// # Ok::<(), telemetry_core::SettingsError>(())
/// ```
#[derive(Clone, Default)]
pub struct Histograms(Arc<Store>);

#[derive(Default)]
struct Store {
    metrics: Mutex<Vec<Arc<HistogramMetric>>>,
    /// How Prometheus calls metrics of the semantic conventions, by how the SDK's reader for it calls them, which knows
    /// neither their units nor their kinds.
    names: Mutex<HashMap<String, String>>,
}

/// One histogram metric as collected.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct HistogramData {
    /// The instrumentation scope of its group.
    pub scope: &'static str,
    /// The metric's name, its namespace applied.
    pub name: Cow<'static, str>,
    /// What it measures.
    pub help: &'static str,
    /// The unit, in UCUM.
    pub unit: &'static str,
    /// The upper bounds of the buckets, each inclusive; there is one bucket more.
    pub bounds: Arc<[f64]>,
    /// Since when it counts.
    pub start: SystemTime,
    /// One for each set of labels.
    pub points: Vec<HistogramPoint>,
}

/// One series of a histogram as collected.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct HistogramPoint {
    /// The labels, sorted by name.
    pub attributes: Arc<[KeyValue]>,
    /// How many values fell into each bucket, not cumulated.
    pub bucket_counts: Vec<u64>,
    /// The sum of the values, in the metric's unit.
    pub sum: f64,
    /// The least and the greatest value; `None` where the time they belong to is not the one that is collected.
    pub extremes: Option<(f64, f64)>,
}

impl HistogramPoint {
    /// How many values there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.bucket_counts.iter().sum()
    }
}

/// A histogram metric and its series.
pub(crate) struct HistogramMetric {
    scope: &'static str,
    name: Cow<'static, str>,
    help: &'static str,
    unit: &'static str,
    bounds: Arc<[f64]>,
    start: SystemTime,
    series: Mutex<Series>,
}

/// In the order of their first values, in which they lie in memory, too.
type Series = IndexMap<Arc<[KeyValue]>, Arc<Distribution>, RandomState>;

impl Histograms {
    /// All series that have a value, as they are now.
    #[must_use]
    pub fn collect(&self) -> Vec<HistogramData> {
        let metrics = self.0.metrics.lock().unwrap_or_else(PoisonError::into_inner).clone();
        metrics.iter().map(|metric| metric.collect()).filter(|data| !data.points.is_empty()).collect()
    }

    /// Notes how Prometheus calls a metric, histogram or not.
    pub(crate) fn note_name(&self, def: &MetricDef) {
        let name = def.prometheus_name();
        if name != def.name {
            let mut names = self.0.names.lock().unwrap_or_else(PoisonError::into_inner);
            names.insert(sanitized(def.name), name.into_owned());
        }
    }

    /// How Prometheus calls a metric that is called this, with underscores for dots.
    #[cfg(feature = "prometheus")]
    pub(super) fn noted_name(&self, name: &str) -> Option<String> {
        self.0.names.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The metric of this declaration; the first one stays.
    pub(crate) fn metric(
        &self,
        scope: &'static str,
        name: Cow<'static, str>,
        help: &'static str,
        unit: &'static str,
        bounds: &[f64],
    ) -> Arc<HistogramMetric> {
        let mut metrics = self.0.metrics.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = metrics.iter().find(|known| known.name == name && known.scope == scope) {
            return Arc::clone(known);
        }
        let (bounds, start, series) = (Arc::from(bounds), SystemTime::now(), Mutex::default());
        let metric = Arc::new(HistogramMetric { scope, name, help, unit, bounds, start, series });
        metrics.push(Arc::clone(&metric));
        metric
    }
}

impl fmt::Debug for Histograms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metrics = self.0.metrics.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_list().entries(metrics.iter().map(|metric| &metric.name)).finish()
    }
}

impl HistogramMetric {
    /// The series of these attributes, which are sorted.
    pub(crate) fn series(&self, attributes: Vec<KeyValue>) -> Arc<Distribution> {
        let mut series = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        let known = series.entry(Arc::from(attributes));
        Arc::clone(known.or_insert_with(|| Arc::new(Distribution::new(Arc::clone(&self.bounds)))))
    }

    fn collect(&self) -> HistogramData {
        // Copied out, so that a new series does not wait until all are read.
        let series: Vec<_> = {
            let series = self.series.lock().unwrap_or_else(PoisonError::into_inner);
            series.iter().map(|(attributes, cells)| (Arc::clone(attributes), Arc::clone(cells))).collect()
        };
        let point = |(attributes, cells): (_, Arc<Distribution>)| {
            let now = cells.snapshot();
            HistogramPoint { attributes, bucket_counts: now.buckets, sum: now.sum, extremes: Some((now.min, now.max)) }
        };
        HistogramData {
            scope: self.scope,
            name: self.name.clone(),
            help: self.help,
            unit: self.unit,
            bounds: Arc::clone(&self.bounds),
            start: self.start,
            // A series is there a moment before its first value.
            points: series.into_iter().map(point).filter(|point| point.count() > 0).collect(),
        }
    }
}

/// A name whose parts are separated by dots, as Prometheus's text format can have it.
pub(super) fn sanitized(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | ':') { c } else { '_' }).collect()
}
