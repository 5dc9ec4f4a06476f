//! Whether what arrived is what the platform did.

use std::collections::{BTreeMap, BTreeSet};

use agent_platform::{Recorded, arrived};
use telemetry_core::Kind;
use telemetry_testkit::OtlpSink;
use telemetry_tests::Failure;

use crate::names::{Path, declared};

/// Every series of the ledger in Prometheus, with the same value; and no other series of its metrics, but for counters at
/// zero of what is registered.
pub(crate) fn series(path: Path<'_>, recorded: &Recorded) -> Result<(), Failure> {
    let names: BTreeSet<&str> = recorded.series.iter().map(|series| &*series.name).collect();
    for name in names {
        let metric = declared(name).ok_or_else(|| format!("{name} is declared nowhere"))?;
        let suffix = if metric.kind == Kind::Histogram { "_count" } else { "" };
        let samples = path.prometheus.query(&format!("{name}{suffix}{{job=\"{}\"}}", path.job))?;
        let found: BTreeMap<_, _> =
            samples.into_iter().map(|sample| (own_labels(&sample.labels), sample.value)).collect();
        let expected: BTreeMap<_, _> = recorded
            .series
            .iter()
            .filter(|series| series.name == name)
            .map(|series| (own_labels(&series.labels), series.value as f64))
            .collect();
        let found: BTreeMap<_, _> = found
            .into_iter()
            .filter(|(labels, value)| metric.kind != Kind::Counter || *value != 0.0 || expected.contains_key(labels))
            .collect();
        // What the telemetry says of itself, it alone knows in full.
        let same = match name.starts_with("telemetry_") {
            true => expected.iter().all(|(labels, value)| found.get(labels) == Some(value)),
            false => found == expected,
        };
        if !same {
            return Err(format!("{name} is {found:?}, recorded was {expected:?}").into());
        }
    }
    Ok(())
}

/// Every counter and histogram of the ledger rose by what was recorded: no first value is missing.
pub(crate) fn increases(path: Path<'_>, recorded: &Recorded) -> Result<(), Failure> {
    let mut expected: BTreeMap<&str, f64> = BTreeMap::new();
    for series in recorded.series.iter().filter(|series| !series.name.starts_with("telemetry_")) {
        *expected.entry(&series.name).or_default() += series.value as f64;
    }
    for (name, expected) in expected {
        let metric = declared(name).ok_or_else(|| format!("{name} is declared nowhere"))?;
        let suffix = match metric.kind {
            Kind::Histogram => "_count",
            Kind::Counter => "",
            _ => continue,
        };
        let query = format!("sum(increase({name}{suffix}{{job=\"{}\"}}[1h] anchored))", path.job);
        let risen: f64 = path.prometheus.query(&query)?.iter().map(|sample| sample.value).sum();
        if (risen - expected).abs() > 1e-6 * expected {
            return Err(format!("{name} rose by {risen}, recorded was {expected}").into());
        }
    }
    Ok(())
}

/// Labels without those that Prometheus adds, and without empty ones, which it does not know.
fn own_labels(labels: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let own = labels.iter().filter(|(name, value)| !matches!(&***name, "job" | "instance") && !value.is_empty());
    own.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Every span of the ledger at the backend.
pub(crate) fn spans(backend: &OtlpSink, recorded: &Recorded) -> Result<(), Failure> {
    same("spans", &arrived::spans(backend), &recorded.spans)
}

/// Every log record of the ledger at the backend.
pub(crate) fn logs(backend: &OtlpSink, recorded: &Recorded) -> Result<(), Failure> {
    let mut found = arrived::logs(backend);
    // The telemetry has something to say, too.
    found.retain(|message, _| recorded.logs.contains_key(message));
    same("log records", &found, &recorded.logs)
}

fn same(what: &str, found: &BTreeMap<String, u64>, recorded: &BTreeMap<String, u64>) -> Result<(), Failure> {
    if found == recorded { Ok(()) } else { Err(format!("{what} are {found:?}, recorded were {recorded:?}").into()) }
}
