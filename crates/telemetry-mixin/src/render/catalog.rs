//! Catalogues printed as JSON, YAML or Markdown.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use telemetry_core::{Catalogue, Kind, LabelValues, MetricDef, Namespace};

use super::metrics_pages;
use super::prometheus::yaml;
use crate::files::NOTICE;

/// The form in which a catalogue is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogFormat {
    /// An array of objects.
    Json,
    /// The same below the key `metrics`.
    Yaml,
    /// A table for people.
    Markdown,
}

/// Every metric of the catalogues: name, crate, kind, unit, help, labels and, of a histogram, buckets.
///
/// `labels` is an object: a closed set is an array of its values, any other label a string: `text` for free text,
/// `detail` for a label that is off unless turned on, else what its values are.
///
/// ```
/// use telemetry_core::Namespace;
/// use telemetry_mixin::{CatalogFormat, catalog};
///
/// assert_eq!(catalog(&[], &Namespace::DEFAULT, CatalogFormat::Json), "[]\n");
/// ```
#[must_use]
pub fn catalog(catalogues: &[Catalogue], namespace: &Namespace, format: CatalogFormat) -> String {
    let entries: Vec<Value> =
        catalogues.iter().flat_map(Catalogue::metrics).map(|metric| entry(metric, namespace)).collect();
    match format {
        CatalogFormat::Json => {
            let mut text =
                serde_json::to_string_pretty(&entries).expect("a JSON value of strings and numbers always serialises");
            text.push('\n');
            text
        }
        CatalogFormat::Yaml => yaml(NOTICE, &json!({ "metrics": entries })),
        CatalogFormat::Markdown => {
            let mut page = String::from("# Metrics\n");
            for catalogue in catalogues {
                write!(page, "\n## {}\n\n{}", catalogue.crate_name(), metrics_pages::table(catalogue, namespace))
                    .expect("writing into a string never fails");
            }
            page
        }
    }
}

fn entry(metric: &MetricDef, namespace: &Namespace) -> Value {
    let mut labels = Map::new();
    for label in metric.labels() {
        let values = match label.values {
            LabelValues::Closed(values) => json!(values),
            LabelValues::Text => json!("text"),
            LabelValues::Detail => json!("detail"),
            LabelValues::Described(description) => json!(description),
        };
        labels.insert(label.name.to_owned(), values);
    }
    let mut entry = Map::new();
    entry.insert("name".to_owned(), json!(metric.name_in(namespace)));
    entry.insert("crate".to_owned(), json!(metric.crate_name));
    entry.insert("kind".to_owned(), json!(metric.kind.as_str()));
    entry.insert("unit".to_owned(), json!(metric.unit));
    entry.insert("help".to_owned(), json!(metric.help));
    entry.insert("labels".to_owned(), Value::Object(labels));
    if metric.kind == Kind::Histogram {
        entry.insert("buckets".to_owned(), metric.buckets.iter().copied().map(super::grafana::number).collect());
    }
    Value::Object(entry)
}
