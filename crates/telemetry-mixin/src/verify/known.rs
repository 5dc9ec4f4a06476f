//! Metrics that others expose, as a file or a server tells of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use telemetry_core::{Kind, readable};

use super::error::reason;
use crate::model::ForeignMetric;

/// A text that tells of no metrics.
#[derive(thiserror::Error)]
pub enum KnownError {
    /// It is neither of the forms.
    #[error(
        "this tells of no metrics: {}; accepted are what `catalog --format json` prints, answers of Prometheus's \
         /api/v1/metadata and /api/v1/label/__name__/values, and what an exporter serves with its `# TYPE` lines",
        readable(reason).keep_lines()
    )]
    Form {
        /// What is not as it has to be.
        reason: String,
    },
}

telemetry_core::debug_as_display!(KnownError);

/// The metrics that a text tells of: a catalogue as this crate prints it, an answer of Prometheus's metadata or names, or
/// what an exporter serves.
///
/// ```
/// let metrics = telemetry_mixin::known_metrics("# TYPE node_load1 gauge\nnode_load1 0.3\n")?;
/// assert_eq!(metrics[0].name, "node_load1");
/// # Ok::<(), telemetry_mixin::KnownError>(())
/// ```
///
/// # Errors
///
/// [`KnownError`] when the text is none of these, or tells of no metric.
pub fn known_metrics(text: &str) -> Result<Vec<ForeignMetric>, KnownError> {
    let metrics = if text.trim_start().starts_with(['{', '[']) {
        let value: Value = serde_json::from_str(text).map_err(|error| KnownError::Form { reason: reason(&error) })?;
        of_json(&value)
    } else {
        exposed(text)
    };
    if metrics.is_empty() { Err(KnownError::Form { reason: "it names none".to_owned() }) } else { Ok(metrics) }
}

fn of_json(value: &Value) -> Vec<ForeignMetric> {
    let mut metrics = Vec::new();
    match value.get("data").unwrap_or(value) {
        // Prometheus's metadata: what each target says of the metric.
        Value::Object(entries) => {
            for (name, said) in entries {
                let kind = said.get(0).and_then(|said| said.get("type")).and_then(Value::as_str);
                add(name, kind.unwrap_or_default(), &mut metrics);
            }
        }
        Value::Array(entries) => {
            for entry in entries {
                match (entry.as_str(), entry.get("name").and_then(Value::as_str)) {
                    // Prometheus's names.
                    (Some(name), _) => add(name, "", &mut metrics),
                    // A catalogue.
                    (None, Some(name)) => {
                        let first = metrics.len();
                        add(name, entry.get("kind").and_then(Value::as_str).unwrap_or_default(), &mut metrics);
                        let labels = entry.get("labels").and_then(Value::as_object);
                        let labels: Vec<&str> =
                            labels.iter().flat_map(|labels| labels.keys()).map(String::as_str).collect();
                        for metric in &mut metrics[first..] {
                            metric.labels = labels.iter().map(|label| (*label).to_owned()).collect();
                        }
                    }
                    (None, None) => {}
                }
            }
        }
        _ => {}
    }
    metrics
}

/// What an exporter serves: `# TYPE` says the kind, and a sample without it is known by its name.
fn exposed(text: &str) -> Vec<ForeignMetric> {
    let mut kinds: BTreeMap<&str, &str> = BTreeMap::new();
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for line in text.lines() {
        match line.strip_prefix("# TYPE ").map(str::split_whitespace) {
            Some(mut words) => {
                if let (Some(name), Some(kind)) = (words.next(), words.next()) {
                    kinds.insert(name, kind);
                }
            }
            None => {
                let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))).unwrap_or(0);
                let is_sample = line[end..].starts_with(['{', ' ']) && !line.starts_with(|c: char| c.is_ascii_digit());
                if end > 0 && is_sample && line.rsplit(' ').next().is_some_and(|value| value.parse::<f64>().is_ok()) {
                    names.insert(&line[..end]);
                }
            }
        }
    }
    let mut metrics = Vec::new();
    for (name, kind) in kinds {
        add(name, kind, &mut metrics);
    }
    let known: BTreeSet<String> = metrics.iter().map(|metric| metric.name.clone()).collect();
    let is_part = |name: &str| {
        ["_bucket", "_sum", "_count"]
            .iter()
            .any(|part| name.strip_suffix(part).is_some_and(|name| known.contains(name)))
    };
    for name in names.into_iter().filter(|name| !known.contains(*name) && !is_part(name)) {
        add(name, "", &mut metrics);
    }
    metrics
}

/// A metric with the series under which Prometheus keeps it.
fn add(name: &str, kind: &str, metrics: &mut Vec<ForeignMetric>) {
    let mut push = |name: String, kind: Option<Kind>| metrics.push(ForeignMetric { name, kind, labels: Vec::new() });
    match kind {
        "counter" => {
            // OpenMetrics tells the name without the ending that its samples have.
            if !name.ends_with("_total") {
                push(format!("{name}_total"), Some(Kind::Counter));
            }
            push(name.to_owned(), Some(Kind::Counter));
        }
        "gauge" | "updowncounter" => push(name.to_owned(), Some(Kind::Gauge)),
        "histogram" => push(name.to_owned(), Some(Kind::Histogram)),
        "summary" => {
            push(name.to_owned(), Some(Kind::Gauge));
            push(format!("{name}_sum"), Some(Kind::Counter));
            push(format!("{name}_count"), Some(Kind::Counter));
        }
        // Info, state sets and whatever says nothing of itself.
        _ => push(name.to_owned(), None),
    }
}
