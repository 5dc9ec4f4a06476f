//! Every series that an expression may name, with its kind, labels and bounds.

use std::collections::{BTreeMap, BTreeSet};

use telemetry_core::{Catalogue, Kind, LabelValues, MetricDef, Namespace};

use super::facts::Facts;
use super::labels::LabelSet;
use crate::model::ForeignMetric;

/// Every series that an expression may name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schema {
    series: BTreeMap<String, Series>,
    /// Labels that the scrape or the collector puts on every series.
    common: Vec<String>,
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
    /// A histogram's own name, under which there is no series.
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
        matches!(self, Self::Counter | Self::Bucket | Self::Sum | Self::Count)
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
        let mut schema = Self { series: BTreeMap::new(), common: vec!["job".to_owned(), "instance".to_owned()] };
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
            for (suffix, kind) in
                [("_bucket", SeriesKind::Bucket), ("_sum", SeriesKind::Sum), ("_count", SeriesKind::Count)]
            {
                let mut part = Series { kind, ..series.clone() };
                if suffix == "_bucket" {
                    part.labels.push(SeriesLabel { name: "le".to_owned(), values: None, optional: false });
                }
                self.series.insert(format!("{name}{suffix}"), part);
            }
        }
        self.series.insert(name.into_owned(), series);
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
        let open = metric.labels.is_empty();
        self.series.insert(metric.name.clone(), Series { kind, labels, open, bounds: Vec::new() });
    }

    /// What a rule makes of `sources`: the values of a closed label stay closed, unless the rule writes labels itself.
    pub(crate) fn recorded(&mut self, name: &str, facts: Facts, sources: &BTreeSet<String>, extra_labels: &[String]) {
        let mut labels: Vec<SeriesLabel> = facts
            .labels
            .names()
            .map(|name| SeriesLabel { name: name.to_owned(), values: self.values(name, sources), optional: false })
            .collect();
        labels.retain(|label| !extra_labels.contains(&label.name));
        labels.extend(extra_labels.iter().map(|name| SeriesLabel {
            name: name.clone(),
            values: None,
            optional: false,
        }));
        let series = Series {
            open: facts.labels.is_open(),
            labels,
            bounds: facts.last_bound.into_iter().collect(),
            kind: SeriesKind::Recorded(Box::new(facts)),
        };
        self.series.insert(name.to_owned(), series);
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

    pub(crate) fn common_label(&mut self, label: &str) {
        self.common.push(label.to_owned());
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Series> {
        self.series.get(name)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.series.keys().map(String::as_str)
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
