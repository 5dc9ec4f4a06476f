//! Every series that an expression may name, with its kind, labels and bounds.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Included, Unbounded};

use telemetry_core::{Catalogue, Kind, LabelValues, MetricDef, Namespace};

use super::facts::{Counted, Facts};
use super::histograms::BOUND;
use super::labels::LabelSet;
use crate::model::ForeignMetric;

/// More labels of a rule's result are not followed: it may have any then. Rules that build on each other would hand on ever
/// more of them.
const MOST_LABELS: usize = 64;

/// As many names are looked at for one that is alike: many rules would else compare each name with each other.
const MOST_COMPARED: usize = 256;

/// As many rules are looked through for a name that a pattern matches.
const MOST_MATCHED: usize = 1_000;

/// Every series that an expression may name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schema {
    series: BTreeMap<String, Series>,
    /// Labels that the scrape or the collector puts on every series.
    common: Vec<String>,
    /// Whether Prometheus keeps histograms natively, under their own names.
    pub(crate) native_histograms: bool,
    /// How many rules have been told of.
    recorded: usize,
    /// What the platform's own names start with.
    prefix: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub(crate) kind: SeriesKind,
    pub(crate) labels: Vec<SeriesLabel>,
    /// Whether it carries labels besides those.
    pub(crate) open: bool,
    /// The finite bounds of a histogram's buckets; no quantile is above the last.
    pub(crate) bounds: Vec<f64>,
}

#[derive(Debug, Clone)]
pub(crate) struct SeriesLabel {
    pub(crate) name: String,
    /// The values of a closed set.
    pub(crate) values: Option<Vec<String>>,
    pub(crate) optional: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SeriesKind {
    Counter,
    Gauge,
    UpDownCounter,
    /// A histogram's own name, under which there is a series only where it is kept natively.
    Histogram,
    Bucket,
    Sum,
    Count,
    /// What a recording rule makes.
    Recorded(Box<Facts>),
    /// Known by name only.
    Foreign,
}

impl SeriesKind {
    /// Whether the value only rises, so that it says nothing until its rate is taken.
    pub(crate) fn accumulates(&self) -> bool {
        matches!(self, Self::Counter | Self::Histogram | Self::Bucket | Self::Sum | Self::Count)
    }

    /// What it counts, of one that accumulates.
    pub(crate) fn counted(&self) -> Counted {
        match self {
            Self::Bucket => Counted::Bucket,
            Self::Histogram => Counted::Histogram,
            _ => Counted::Number,
        }
    }

    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self::Counter => "a counter",
            Self::Gauge => "a gauge",
            Self::UpDownCounter => "an up-down counter, to Prometheus a gauge",
            Self::Histogram => "a histogram",
            Self::Bucket => "a histogram's bucket counter",
            Self::Sum => "a histogram's sum, a counter",
            Self::Count => "a histogram's count, a counter",
            Self::Recorded(_) => "recorded by a rule",
            Self::Foreign => "another system's metric",
        }
    }
}

impl Schema {
    pub(crate) fn new(catalogues: &[Catalogue], namespace: &Namespace) -> Self {
        let mut schema = Self {
            series: BTreeMap::new(),
            common: vec!["job".to_owned(), "instance".to_owned()],
            native_histograms: false,
            recorded: 0,
            prefix: format!("{namespace}_"),
        };
        for def in catalogues.iter().flat_map(Catalogue::metrics) {
            schema.declare(def, namespace);
        }
        schema.prometheus_own();
        schema
    }

    fn declare(&mut self, def: &MetricDef, namespace: &Namespace) {
        let name = def.name_in(namespace);
        let labels: Vec<SeriesLabel> = def
            .labels()
            .map(|label| SeriesLabel {
                name: label.name.to_owned(),
                values: match label.values {
                    LabelValues::Closed(values) => Some(values.iter().map(|value| (*value).to_owned()).collect()),
                    LabelValues::Text | LabelValues::Detail | LabelValues::Described(_) => None,
                },
                optional: label.is_detail(),
            })
            .collect();
        let kind = match def.kind {
            Kind::Counter => SeriesKind::Counter,
            Kind::UpDownCounter => SeriesKind::UpDownCounter,
            Kind::Gauge => SeriesKind::Gauge,
            Kind::Histogram => SeriesKind::Histogram,
        };
        let series = Series { kind, labels, open: false, bounds: def.buckets.to_vec() };
        if def.kind == Kind::Histogram {
            self.parts(&name, &series);
        }
        self.series.insert(name.into_owned(), series);
    }

    /// The series under which a histogram is kept.
    fn parts(&mut self, name: &str, histogram: &Series) {
        for (suffix, kind) in
            [("_bucket", SeriesKind::Bucket), ("_sum", SeriesKind::Sum), ("_count", SeriesKind::Count)]
        {
            let mut part = Series { kind, ..histogram.clone() };
            if suffix == "_bucket" {
                part.labels.push(SeriesLabel { name: BOUND.to_owned(), values: None, optional: false });
            }
            self.series.insert(format!("{name}{suffix}"), part);
        }
    }

    /// What Prometheus makes itself: of scrapes, of alerts, of the resource.
    fn prometheus_own(&mut self) {
        let own = |kind, open| Series { kind, labels: Vec::new(), open, bounds: Vec::new() };
        self.series.insert("up".to_owned(), own(SeriesKind::Gauge, false));
        self.series.insert("target_info".to_owned(), own(SeriesKind::Gauge, true));
        self.series.insert("ALERTS".to_owned(), own(SeriesKind::Gauge, true));
        self.series.insert("ALERTS_FOR_STATE".to_owned(), own(SeriesKind::Gauge, true));
        for name in ["scrape_duration_seconds", "scrape_samples_scraped", "scrape_series_added"] {
            self.series.insert(name.to_owned(), own(SeriesKind::Gauge, false));
        }
    }

    pub(crate) fn foreign(&mut self, metric: &ForeignMetric) {
        let kind = match metric.kind {
            Some(Kind::Counter) => SeriesKind::Counter,
            Some(Kind::Gauge) => SeriesKind::Gauge,
            Some(Kind::UpDownCounter) => SeriesKind::UpDownCounter,
            Some(Kind::Histogram) => SeriesKind::Histogram,
            None => SeriesKind::Foreign,
        };
        let labels = metric
            .labels
            .iter()
            .map(|name| SeriesLabel { name: name.clone(), values: None, optional: false })
            .collect();
        let series = Series { kind, labels, open: metric.labels.is_empty(), bounds: Vec::new() };
        if series.kind == SeriesKind::Histogram {
            // Whether it is kept as buckets, natively or both is up to the Prometheus that scrapes it.
            self.parts(&metric.name, &series);
            self.series.insert(metric.name.clone(), Series { kind: SeriesKind::Foreign, ..series });
        } else {
            self.series.insert(metric.name.clone(), series);
        }
    }

    /// What a rule makes of `sources`: the values of a closed label stay closed, unless the rule writes labels itself.
    pub(crate) fn recorded(&mut self, name: &str, facts: Facts, sources: &BTreeSet<String>, extra_labels: &[String]) {
        let mut labels: Vec<SeriesLabel> = facts
            .labels
            .names()
            .take(MOST_LABELS)
            .map(|name| SeriesLabel { name: name.to_owned(), values: self.values(name, sources), optional: false })
            .collect();
        labels.retain(|label| !extra_labels.contains(&label.name));
        labels.extend(extra_labels.iter().take(MOST_LABELS).map(|name| SeriesLabel {
            name: name.clone(),
            values: None,
            optional: false,
        }));
        let too_many = facts.labels.names().count().max(extra_labels.len()).max(labels.len()) > MOST_LABELS;
        labels.truncate(MOST_LABELS);
        let series = Series {
            open: facts.labels.is_open() || too_many,
            labels,
            bounds: facts.last_bound.into_iter().collect(),
            kind: SeriesKind::Recorded(Box::new(facts)),
        };
        self.series.insert(name.to_owned(), series);
        self.recorded += 1;
    }

    /// All values that a label has among these series; `None` where one of them takes any.
    fn values(&self, label: &str, sources: &BTreeSet<String>) -> Option<Vec<String>> {
        let mut all: Vec<String> = Vec::new();
        for series in sources.iter().filter_map(|source| self.series.get(source)) {
            if let Some(declared) = series.labels.iter().find(|declared| declared.name == label) {
                let values = declared.values.as_ref()?;
                all.extend(values.iter().filter(|value| !all.contains(value)).cloned().collect::<Vec<_>>());
            }
        }
        Some(all).filter(|all| !all.is_empty())
    }

    /// The labels of services and processes, in place of `job` and `instance`, and the metric whose series carry what else is
    /// known of a process.
    pub(crate) fn identified_by(&mut self, labels: [&str; 2], info: &str) {
        self.common.splice(..2, labels.map(str::to_owned));
        let of_process = Series { kind: SeriesKind::Gauge, labels: Vec::new(), open: true, bounds: Vec::new() };
        self.series.entry(info.to_owned()).or_insert(of_process).open = true;
    }

    pub(crate) fn common_label(&mut self, label: &str) {
        self.common.push(label.to_owned());
    }

    /// Whether a name is in the platform's namespace.
    pub(crate) fn is_own(&self, name: &str) -> bool {
        name.starts_with(&self.prefix)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Series> {
        self.series.get(name)
    }

    /// The names that stand next to this one in the alphabet, before it and after it: all, unless there are very many.
    pub(crate) fn names_near(&self, name: &str) -> impl Iterator<Item = &str> {
        let before = self.series.range::<str, _>((Unbounded, Excluded(name))).rev().take(MOST_COMPARED / 2);
        let after = self.series.range::<str, _>((Included(name), Unbounded)).take(MOST_COMPARED / 2);
        before.chain(after).map(|(name, _)| name.as_str())
    }

    /// Whether there is a name of that kind, or rules record too many to be sure that there is none.
    pub(crate) fn may_have(&self, is_meant: impl Fn(&str) -> bool) -> bool {
        self.recorded > MOST_MATCHED || self.series.keys().any(|name| is_meant(name))
    }

    pub(crate) fn common(&self) -> impl Iterator<Item = &str> {
        self.common.iter().map(String::as_str)
    }

    /// All labels of a series; a recorded one carries those of its rule and no others.
    pub(crate) fn labels(&self, series: &Series) -> LabelSet {
        let recorded = matches!(series.kind, SeriesKind::Recorded(_));
        let mut labels = if recorded { LabelSet::none() } else { LabelSet::of(self.common()) };
        for label in &series.labels {
            labels.add(&label.name, label.optional);
        }
        if series.open { labels.opened() } else { labels }
    }
}
