//! Catalogues in all their printed forms.

use serde_json::{Value, json};
use telemetry_core::Namespace;
use telemetry_mixin::{CatalogFormat, catalog};

use crate::catalogue::CATALOGUE;

#[test]
fn a_metric_is_an_object_with_its_labels_and_buckets() {
    let text = catalog(&[CATALOGUE], &Namespace::DEFAULT, CatalogFormat::Json);
    let entries: Vec<Value> = serde_json::from_str(&text).expect("the catalogue is an array");
    assert_eq!(entries.len(), CATALOGUE.metrics().count());
    assert_eq!(
        entries[0],
        json!({
            "name": "runtime_tool_execute_seconds",
            "crate": "telemetry-demo",
            "kind": "histogram",
            "unit": "s",
            "help": "Latency of runtime tool executions from start to completion",
            "labels": { "tool_id": "text", "outcome": ["success", "error", "timeout", "cancelled"] },
            "buckets": [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
        })
    );
    assert!(entries[1].get("buckets").is_none());
    assert_eq!(entries[5]["labels"]["code"], "HTTP status code");
}

#[test]
fn yaml_says_the_same_as_json() {
    let acme = Namespace::new("acme").expect("a lower-case word is a namespace");
    let json: Value = serde_json::from_str(&catalog(&[CATALOGUE], &acme, CatalogFormat::Json)).expect("it is JSON");
    let yaml: Value = serde_saphyr::from_str(&catalog(&[CATALOGUE], &acme, CatalogFormat::Yaml)).expect("it is YAML");
    assert_eq!(yaml["metrics"], json);
    assert_eq!(json[6]["name"], "acme_queue_depth");
}

#[test]
fn markdown_has_a_line_for_each_metric() {
    let page = catalog(&[CATALOGUE], &Namespace::DEFAULT, CatalogFormat::Markdown);
    for metric in CATALOGUE.metrics() {
        assert!(page.contains(&format!("| `{}` | {} |", metric.name, metric.kind.as_str())), "{page}");
    }
}
