//! Whether Prometheus shows what was declared, to the letter.

use std::collections::{BTreeMap, BTreeSet};

use telemetry_core::{Kind, LabelDef, LabelValues, MetricDef};
use telemetry_tests::Failure;
use telemetry_tests::prometheus::{Prometheus, Sample};

/// The setting with which the platform shows what the semantic conventions name.
pub(crate) const WITH_CONVENTIONS: (&str, &str) = ("TELEMETRY_SEMCONV", "gen_ai,mcp,http,db");

/// Every metric that the platform can show, and those of the semantic conventions.
fn all() -> impl Iterator<Item = &'static MetricDef> {
    metrics().chain(telemetry::conventions().into_iter().flat_map(|catalogue| catalogue.metrics()))
}

/// What is said of certificates that are read from files, of which the platform has none.
const CERTIFICATES: &str = "telemetry_certificate_expiry_timestamp_seconds";

/// Every metric that the platform can show.
pub(crate) fn metrics() -> impl Iterator<Item = &'static MetricDef> {
    let catalogues = telemetry::catalogues().into_iter().chain([agent_platform::CATALOGUE]);
    catalogues.flat_map(|catalogue| catalogue.metrics()).filter(|metric| metric.name != CERTIFICATES)
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
        Kind::Histogram => {
            ["_bucket", "_count", "_sum"].map(|suffix| format!("{}{suffix}", metric.prometheus_name())).to_vec()
        }
        _ => vec![metric.prometheus_name().into_owned()],
    }
}

/// What is measured of a session when it ends, and so with the platform.
const AT_THE_END: [&str; 2] = ["mcp.client.session.duration", "mcp.server.session.duration"];

/// Whether a metric shows while the platform runs.
fn is_early(metric: &MetricDef) -> bool {
    !AT_THE_END.contains(&metric.name)
}

/// All that the path shows of the platform while it runs: every metric, with its labels and buckets, and nothing else.
pub(crate) fn check(path: Path<'_>) -> Result<(), Failure> {
    check_those(path, is_early)
}

/// What a process says when it ends, and not before.
const LAST_WORD: &str = "telemetry_process_ended";

/// What stays at zero where all is well: no query of the platform fails, whatever goes wrong beside it.
const FAILED_QUERIES: &str = "agentpane_db_query_failures_total";

/// What the platform has to say while it runs.
pub(crate) fn used() -> impl Iterator<Item = &'static MetricDef> {
    metrics().filter(|metric| ![LAST_WORD, FAILED_QUERIES].contains(&metric.name))
}

/// Every metric has had a sample above zero.
pub(crate) fn check_used(path: Path<'_>) -> Result<(), Failure> {
    let unused: Vec<String> = used()
        .filter_map(|metric| {
            let name = match metric.kind {
                Kind::Histogram => format!("{}_count", metric.prometheus_name()),
                _ => metric.prometheus_name().into_owned(),
            };
            above_zero(path, &name).err().map(|error| error.to_string())
        })
        .collect();
    if unused.is_empty() { Ok(()) } else { Err(unused.join(", ").into()) }
}

/// The platform has said that it ends as it is meant to.
pub(crate) fn check_last_word(path: Path<'_>) -> Result<(), Failure> {
    above_zero(path, LAST_WORD)
}

fn above_zero(path: Path<'_>, name: &str) -> Result<(), Failure> {
    let highest = format!("max(max_over_time({name}{{job=\"{}\"}}[30m]))", path.job);
    let is_above = path.prometheus.query(&highest)?.iter().any(|sample| sample.value > 0.0);
    if is_above { Ok(()) } else { Err(format!("{name} was never above zero").into()) }
}

/// All that the path shows once the platform has ended.
pub(crate) fn check_all(path: Path<'_>) -> Result<(), Failure> {
    check_those(path, |_| true)
}

fn check_those(path: Path<'_>, expected: fn(&MetricDef) -> bool) -> Result<(), Failure> {
    for metric in all().filter(|metric| expected(metric)) {
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
    let is_own = |name: &str| matches!(name, "target_info" | "up" | "ALERTS" | "ALERTS_FOR_STATE");
    shown.retain(|name| !is_own(name) && !name.starts_with("scrape_") && !name.contains(':'));
    let known: BTreeSet<String> = all().flat_map(series_names).collect();
    match shown.difference(&known).next() {
        None => Ok(()),
        Some(stranger) => Err(format!("{stranger} is declared nowhere").into()),
    }
}

fn labels(metric: &MetricDef, samples: &[Sample]) -> Result<(), Failure> {
    let declared: Vec<_> = metric.labels().filter(|label| !label.is_detail()).collect();
    let shown = |label: &LabelDef| label.name.replace('.', "_");
    // What the conventions have no value for is not there.
    let mut missing: BTreeSet<String> =
        declared.iter().filter(|label| !label.name.contains('.')).map(|label| shown(label)).collect();
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
            let Some(label) = declared.iter().find(|label| shown(label) == *name) else {
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
    for metric in all().filter(|metric| is_early(metric)) {
        let kind = if metric.kind.is_gauge_like() { "gauge" } else { metric.kind.as_str() };
        let known =
            metadata.get(&*metric.prometheus_name()).ok_or_else(|| format!("{} has no metadata", metric.name))?;
        if let Some(other) = known.iter().find(|known| known.kind != kind || known.help != metric.help) {
            return Err(format!("{} is {other:?}, declared as {kind}: {:?}", metric.name, metric.help).into());
        }
    }
    Ok(())
}
