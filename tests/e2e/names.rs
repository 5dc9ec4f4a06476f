//! Whether Prometheus shows what was declared, to the letter.

use std::collections::{BTreeMap, BTreeSet};

use telemetry_core::{Kind, LabelValues, MetricDef};
use telemetry_tests::Failure;
use telemetry_tests::prometheus::{Prometheus, Sample};

/// Every metric that the platform can show.
pub(crate) fn metrics() -> impl Iterator<Item = &'static MetricDef> {
    telemetry::catalogues().into_iter().chain([agent_platform::CATALOGUE]).flat_map(|catalogue| catalogue.metrics())
}

/// One way on which metrics come to Prometheus.
#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    pub(crate) name: &'static str,
    pub(crate) prometheus: &'a Prometheus,
    pub(crate) job: &'static str,
}

/// The declared metric of that name.
pub(crate) fn declared(name: &str) -> Option<&'static MetricDef> {
    metrics().find(|metric| metric.name == name)
}

/// Whether an expression, or the name of a recording rule, speaks of a metric that the platform can show. Of other
/// domains' metrics there is nothing to see here.
pub(crate) fn speaks_of_platform(expression: &str) -> bool {
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.into_iter().any(|word| {
        let bare = ["_bucket", "_count", "_sum"].iter().find_map(|suffix| word.strip_suffix(suffix));
        declared(word).or_else(|| declared(bare?)).is_some()
    })
}

/// The names of a metric's series.
fn series_names(metric: &MetricDef) -> Vec<String> {
    match metric.kind {
        Kind::Histogram => ["_bucket", "_count", "_sum"].map(|suffix| format!("{}{suffix}", metric.name)).to_vec(),
        _ => vec![metric.name.to_owned()],
    }
}

/// All that the path shows of the platform: every metric, with its labels and buckets, and nothing else.
pub(crate) fn check(path: Path<'_>) -> Result<(), Failure> {
    for metric in metrics() {
        for name in series_names(metric) {
            let samples = path.prometheus.query(&format!("{name}{{job=\"{}\"}}", path.job))?;
            labels(metric, &samples).map_err(|error| format!("{name}: {error}"))?;
            if name.ends_with("_bucket") {
                buckets(metric, &samples).map_err(|error| format!("{name}: {error}"))?;
            }
        }
    }
    let mut shown = path.prometheus.names(&format!("{{job=\"{}\"}}", path.job))?;
    // Prometheus's own, and what its rules record, which has colons.
    shown
        .retain(|name| !matches!(&**name, "target_info" | "up") && !name.starts_with("scrape_") && !name.contains(':'));
    let known: BTreeSet<String> = metrics().flat_map(series_names).collect();
    match shown.difference(&known).next() {
        None => Ok(()),
        Some(stranger) => Err(format!("{stranger} is declared nowhere").into()),
    }
}

fn labels(metric: &MetricDef, samples: &[Sample]) -> Result<(), Failure> {
    let mut missing: BTreeSet<&str> =
        metric.labels().filter(|label| !label.is_detail()).map(|label| label.name).collect();
    if samples.is_empty() {
        return Err("no series".into());
    }
    for sample in samples {
        if sample.labels.get("instance").is_none_or(String::is_empty) {
            return Err(format!("a series without instance: {:?}", sample.labels).into());
        }
        for (name, value) in &sample.labels {
            missing.remove(&**name);
            if matches!(&**name, "job" | "instance" | "le") {
                continue;
            }
            let Some(label) = metric.label(name).filter(|label| !label.is_detail()) else {
                return Err(format!("a label {name}, which is not declared").into());
            };
            if let LabelValues::Closed(values) = label.values
                && !values.contains(&&**value)
            {
                return Err(format!("{name} is {value:?}, which is none of {values:?}").into());
            }
        }
    }
    match missing.first() {
        None => Ok(()),
        Some(label) => Err(format!("no series has the label {label}").into()),
    }
}

fn buckets(metric: &MetricDef, samples: &[Sample]) -> Result<(), Failure> {
    let expected: Vec<f64> = metric.buckets.iter().copied().chain([f64::INFINITY]).collect();
    let mut series: BTreeMap<BTreeMap<&str, &str>, Vec<f64>> = BTreeMap::new();
    for sample in samples {
        let labels = sample.labels.iter().map(|(name, value)| (&**name, &**value));
        let labels = labels.filter(|(name, _)| *name != "le").collect();
        let bound = sample.labels.get("le").ok_or("a bucket without le")?;
        series.entry(labels).or_default().push(bound.parse()?);
    }
    for (labels, mut bounds) in series {
        bounds.sort_by(f64::total_cmp);
        if bounds != expected {
            return Err(format!("the buckets of {labels:?} are {bounds:?}, declared are {expected:?}").into());
        }
    }
    Ok(())
}

/// Kind and help of every metric, as the scraping Prometheus was told them.
pub(crate) fn metadata(prometheus: &Prometheus) -> Result<(), Failure> {
    let metadata = prometheus.metadata()?;
    for metric in metrics() {
        let kind = if metric.kind.is_gauge_like() { "gauge" } else { metric.kind.as_str() };
        let known = metadata.get(metric.name).ok_or_else(|| format!("{} has no metadata", metric.name))?;
        if let Some(other) = known.iter().find(|known| known.kind != kind || known.help != metric.help) {
            return Err(format!("{} is {other:?}, declared as {kind}: {:?}", metric.name, metric.help).into());
        }
    }
    Ok(())
}
