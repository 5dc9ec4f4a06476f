//! What arrived beside what was recorded.

use std::collections::{BTreeMap, BTreeSet};

use telemetry_core::{Catalogue, Kind};
use telemetry_testkit::{MetricPoint, MetricSet, OtlpSink};

use super::arrived;
use super::ledger::Recorded;
use super::verdict::{Row, Table, Verdict};

/// Compares what the receiver has with what the platform did. Of the catalogues in `used`, every metric has to be there.
pub(crate) fn received(recorded: &Recorded, receiver: &OtlpSink, used: &[Catalogue]) -> Verdict {
    let mut verdict = Verdict::default();
    verdict.table(Table { title: "metric", rows: metrics(recorded, &receiver.metrics(), used) });
    verdict.table(Table { title: "span", rows: counted(&recorded.spans, &arrived::spans(receiver)) });
    verdict.table(Table { title: "log record", rows: counted(&recorded.logs, &arrived::logs(receiver)) });
    verdict
}

/// What was sent to a collector, whose side cannot be seen from here.
pub(crate) fn sent(recorded: &Recorded) -> Verdict {
    let names: BTreeSet<&str> = recorded.series.iter().map(|series| &*series.name).collect();
    let row = |name: &str, series: Option<usize>, recorded: Option<u64>| Row {
        name: name.to_owned(),
        kind: "",
        series,
        arrived: "not visible here".to_owned(),
        recorded,
        good: true,
    };
    let of_metric = |name: &str| recorded.series.iter().filter(|series| series.name == name).count();
    let metrics = names.into_iter().map(|name| row(name, Some(of_metric(name)), recorded.total(name)));
    let mut verdict = Verdict::default();
    verdict.table(Table { title: "metric", rows: metrics.collect() });
    for (title, counts) in [("span", &recorded.spans), ("log record", &recorded.logs)] {
        verdict
            .table(Table { title, rows: counts.iter().map(|(name, count)| row(name, None, Some(*count))).collect() });
    }
    verdict
}

fn metrics(recorded: &Recorded, arrived: &MetricSet, used: &[Catalogue]) -> Vec<Row> {
    let mut names: BTreeSet<&str> = recorded.series.iter().map(|series| &*series.name).collect();
    names.extend(arrived.names());
    names.extend(used.iter().flat_map(|catalogue| catalogue.metrics()).map(|metric| metric.name));
    names.into_iter().map(|name| metric(name, recorded, arrived)).collect()
}

fn metric(name: &str, recorded: &Recorded, arrived: &MetricSet) -> Row {
    let points = arrived.matching(name, &[]);
    let expected: Vec<_> = recorded.series.iter().filter(|series| series.name == name).collect();
    // What is registered is there at zero before it happens.
    let told = points.iter().filter(|point| amount(point) != 0.0).count();
    let equal = expected.iter().filter(|series| series.value != 0).count() == told
        && expected.iter().all(|series| {
            let point = points.iter().find(|point| point.attributes == series.labels);
            point.is_some_and(|point| amount(point) == series.value as f64)
        });
    let counted = !expected.is_empty();
    Row {
        name: name.to_owned(),
        kind: points.first().map_or("", |point| point.kind.as_str()),
        series: Some(points.len()),
        arrived: in_words(&points),
        recorded: recorded.total(name),
        good: if counted { equal } else { !points.is_empty() },
    }
}

/// A number, or how many measurements a histogram holds.
fn amount(point: &MetricPoint) -> f64 {
    match point.histogram() {
        Some(histogram) => histogram.count as f64,
        None => point.number().unwrap_or(f64::NAN),
    }
}

fn in_words(points: &[&MetricPoint]) -> String {
    let Some(first) = points.first() else { return "nothing".to_owned() };
    let total: f64 = points.iter().map(|point| amount(point)).sum();
    if first.kind != Kind::Histogram {
        return format!("{}", (total * 1000.0).round() / 1000.0);
    }
    let sum: f64 = points.iter().filter_map(|point| point.histogram()).map(|histogram| histogram.sum).sum();
    let unit = if first.unit == "By" { "bytes" } else { &first.unit };
    format!("{total}, mean {:.3} {unit}", sum / total)
}

fn counted(recorded: &BTreeMap<String, u64>, arrived: &BTreeMap<String, u64>) -> Vec<Row> {
    let names: BTreeSet<&String> = recorded.keys().chain(arrived.keys()).collect();
    let row = |name: &String| {
        let arrived = arrived.get(name).copied().unwrap_or_default();
        let recorded = recorded.get(name).copied();
        Row {
            name: name.clone(),
            kind: "",
            series: None,
            arrived: arrived.to_string(),
            recorded,
            good: recorded.is_none_or(|recorded| recorded == arrived),
        }
    };
    names.into_iter().map(row).collect()
}
