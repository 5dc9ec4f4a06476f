//! Data points, found by name and labels.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Deref;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use telemetry_core::Kind;

use super::attributes::{self, include};
use super::metric::{HistogramValue, MetricPoint};

/// Data points in the order in which they arrived, with look-ups by name and labels.
///
/// A look-up takes the labels that matter: a series matches when it has at least those. Of each series (one label set
/// of one resource) it reads the latest point, which is the whole truth of a cumulative metric. Look-ups that want
/// one value panic when several series match, and list what there is when none does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MetricSet(Vec<MetricPoint>);

impl MetricSet {
    pub(crate) fn add(&mut self, request: &ExportMetricsServiceRequest) {
        self.0.extend(MetricPoint::flatten(request));
    }

    /// The latest point of every series, ordered by name and labels.
    #[must_use]
    pub fn series(&self) -> Vec<&MetricPoint> {
        let mut latest: BTreeMap<_, &MetricPoint> = BTreeMap::new();
        for point in &self.0 {
            let key = (&point.name, &point.attributes, &point.resource, &point.scope);
            latest
                .entry(key)
                .and_modify(|known| {
                    if known.time_unix_nanos <= point.time_unix_nanos {
                        *known = point;
                    }
                })
                .or_insert(point);
        }
        latest.into_values().collect()
    }

    /// The latest points of the series of that name that have at least these labels.
    #[must_use]
    pub fn matching(&self, name: &str, labels: &[(&str, &str)]) -> Vec<&MetricPoint> {
        let mut series = self.series();
        series.retain(|point| point.name == name && include(&point.attributes, labels));
        series
    }

    /// Names of the metrics that have a series.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        self.0.iter().map(|point| point.name.as_str()).collect()
    }

    /// How many series the metric has.
    #[must_use]
    pub fn series_count(&self, name: &str) -> usize {
        self.matching(name, &[]).len()
    }

    /// The one series that matches, or nothing.
    ///
    /// # Panics
    ///
    /// When several match.
    #[track_caller]
    #[must_use]
    pub fn find(&self, name: &str, labels: &[(&str, &str)]) -> Option<&MetricPoint> {
        let found = self.matching(name, labels);
        assert!(found.len() <= 1, "{} has {} series; name more labels\n{self}", Wanted(name, labels), found.len(),);
        found.first().copied()
    }

    /// The one series that matches.
    ///
    /// # Panics
    ///
    /// When none or several match.
    #[track_caller]
    #[must_use]
    pub fn one(&self, name: &str, labels: &[(&str, &str)]) -> &MetricPoint {
        match self.find(name, labels) {
            Some(point) => point,
            None => panic!("{} has no series\n{self}", Wanted(name, labels)),
        }
    }

    /// The latest number of the one series that matches, or nothing; for polling.
    ///
    /// # Panics
    ///
    /// When several series match, or when it is a histogram.
    #[track_caller]
    #[must_use]
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let point = self.find(name, labels)?;
        match point.number() {
            Some(number) => Some(number),
            None => panic!("{} is a histogram, not a number", Wanted(name, labels)),
        }
    }

    /// The sum over all series that match: of their numbers, or of a histogram's counts. 0 when there are none.
    #[must_use]
    pub fn total(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let value = |point: &&MetricPoint| match point.histogram() {
            Some(histogram) => histogram.count as f64,
            None => point.number().unwrap_or_default(),
        };
        self.matching(name, labels).iter().map(value).sum()
    }

    /// The value of a counter.
    ///
    /// # Panics
    ///
    /// When none or several series match, or when it is no counter.
    #[track_caller]
    #[must_use]
    pub fn counter(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.number_of(Kind::Counter, name, labels)
    }

    /// The value of an up-down counter.
    ///
    /// # Panics
    ///
    /// When none or several series match, or when it is no up-down counter.
    #[track_caller]
    #[must_use]
    pub fn up_down_counter(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.number_of(Kind::UpDownCounter, name, labels)
    }

    /// The value of a gauge.
    ///
    /// # Panics
    ///
    /// When none or several series match, or when it is no gauge.
    #[track_caller]
    #[must_use]
    pub fn gauge(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.number_of(Kind::Gauge, name, labels)
    }

    /// The state of a histogram.
    ///
    /// # Panics
    ///
    /// When none or several series match, or when it is no histogram.
    #[track_caller]
    #[must_use]
    pub fn histogram(&self, name: &str, labels: &[(&str, &str)]) -> &HistogramValue {
        match self.one(name, labels).histogram() {
            Some(histogram) => histogram,
            None => panic!("{} is no histogram\n{self}", Wanted(name, labels)),
        }
    }

    /// Asserts the value of a counter.
    ///
    /// # Panics
    ///
    /// When it differs; see [`counter`](Self::counter).
    #[track_caller]
    pub fn assert_counter(&self, name: &str, labels: &[(&str, &str)], expected: f64) {
        let actual = self.counter(name, labels);
        assert!(actual == expected, "{} is {actual}, not {expected}\n{self}", Wanted(name, labels));
    }

    /// Asserts the value of an up-down counter.
    ///
    /// # Panics
    ///
    /// When it differs; see [`up_down_counter`](Self::up_down_counter).
    #[track_caller]
    pub fn assert_up_down_counter(&self, name: &str, labels: &[(&str, &str)], expected: f64) {
        let actual = self.up_down_counter(name, labels);
        assert!(actual == expected, "{} is {actual}, not {expected}\n{self}", Wanted(name, labels));
    }

    /// Asserts the value of a gauge.
    ///
    /// # Panics
    ///
    /// When it differs; see [`gauge`](Self::gauge).
    #[track_caller]
    pub fn assert_gauge(&self, name: &str, labels: &[(&str, &str)], expected: f64) {
        let actual = self.gauge(name, labels);
        assert!(actual == expected, "{} is {actual}, not {expected}\n{self}", Wanted(name, labels));
    }

    /// Asserts how many measurements a histogram holds.
    ///
    /// # Panics
    ///
    /// When it differs; see [`histogram`](Self::histogram).
    #[track_caller]
    pub fn assert_histogram_count(&self, name: &str, labels: &[(&str, &str)], expected: u64) {
        let actual = self.histogram(name, labels).count;
        assert!(actual == expected, "{} has {actual} measurements, not {expected}\n{self}", Wanted(name, labels));
    }

    /// Asserts the sum over all series that match; see [`total`](Self::total).
    ///
    /// # Panics
    ///
    /// When it differs.
    #[track_caller]
    pub fn assert_total(&self, name: &str, labels: &[(&str, &str)], expected: f64) {
        let actual = self.total(name, labels);
        assert!(actual == expected, "the total of {} is {actual}, not {expected}\n{self}", Wanted(name, labels));
    }

    /// Asserts that no series of that name has these labels (with no labels: that the metric has no series).
    ///
    /// # Panics
    ///
    /// When there is one.
    #[track_caller]
    pub fn assert_absent(&self, name: &str, labels: &[(&str, &str)]) {
        let found = self.matching(name, labels).len();
        assert!(found == 0, "{} has {found} series, expected none\n{self}", Wanted(name, labels));
    }

    #[track_caller]
    fn number_of(&self, kind: Kind, name: &str, labels: &[(&str, &str)]) -> f64 {
        let point = self.one(name, labels);
        match point.number().filter(|_| point.kind == kind) {
            Some(number) => number,
            None => panic!("{} is a {}, not a {}", Wanted(name, labels), point.kind.as_str(), kind.as_str()),
        }
    }
}

impl Deref for MetricSet {
    type Target = [MetricPoint];

    fn deref(&self) -> &[MetricPoint] {
        &self.0
    }
}

/// The latest point of every series, one a line.
impl fmt::Display for MetricSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let series = self.series();
        write!(f, "{} metric series", series.len())?;
        series.iter().try_for_each(|point| write!(f, "\n  {point}"))
    }
}

/// A look-up, as failure messages name it.
struct Wanted<'a>(&'a str, &'a [(&'a str, &'a str)]);

impl fmt::Display for Wanted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.1.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        write!(f, "{}{}", self.0, attributes::display(&labels))
    }
}
