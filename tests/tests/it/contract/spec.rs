//! The contract files as data.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// `tests/contract/metrics.yaml`, and what `metrics-added.yaml` adds to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Metrics {
    pub(super) metrics: Vec<Metric>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Metric {
    pub(super) name: String,
    #[serde(rename = "crate")]
    pub(super) crate_name: String,
    pub(super) kind: String,
    pub(super) unit: String,
    pub(super) help: String,
    pub(super) labels: BTreeMap<String, Values>,
    #[serde(default)]
    pub(super) buckets: Vec<f64>,
    #[expect(dead_code, reason = "for readers")]
    source: String,
    #[expect(dead_code, reason = "for readers")]
    note: Option<String>,
}

/// Which values a label takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Values {
    /// These, in this order.
    Closed(Vec<String>),
    /// `text`, `detail`, or what the values are.
    Open(String),
}

/// `tests/contract/operations.yaml`, and what `operations-added.yaml` adds to it. What is not read here is for whoever writes a dashboard.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operations {
    #[serde(default)]
    pub(super) dashboards: Vec<Dashboard>,
    pub(super) alerts: Vec<Alert>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Dashboard {
    pub(super) title: String,
    pub(super) refresh: Option<String>,
    pub(super) panels: Vec<Panel>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Panel {
    pub(super) row: Option<String>,
    pub(super) title: String,
    pub(super) viz: String,
    pub(super) unit: Option<String>,
    query: String,
    /// Other ranks of the same quantile.
    #[serde(default)]
    also: Vec<f64>,
    /// Other queries.
    #[serde(default)]
    more: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Alert {
    pub(super) alert: String,
    #[serde(rename = "for")]
    pub(super) hold: String,
    pub(super) severity: String,
    pub(super) team: String,
    expr: Option<String>,
    #[expect(dead_code, reason = "for readers")]
    source: String,
    #[expect(dead_code, reason = "for readers")]
    note: Option<String>,
}

impl Metrics {
    pub(super) fn read() -> Self {
        let (mut contract, added): (Self, Self) = (read("metrics.yaml"), read("metrics-added.yaml"));
        contract.metrics.extend(added.metrics);
        contract
    }

    /// The crate of a series, which is a metric or one of a histogram's three. What the collector and Prometheus tell of
    /// themselves is shown with the core's own.
    pub(super) fn crate_of(&self, series: &str) -> Option<&str> {
        if matches!(series, "up" | "ALERTS") || series.starts_with("otelcol_") {
            return Some("telemetry-core");
        }
        let parts = ["_bucket", "_count", "_sum"];
        let owns = |metric: &&Metric| {
            let of_histogram = || parts.iter().any(|part| series.strip_suffix(part) == Some(&metric.name));
            metric.name == series || (metric.kind == "histogram" && of_histogram())
        };
        self.metrics.iter().find(owns).map(|metric| metric.crate_name.as_str())
    }
}

impl Operations {
    pub(super) fn read() -> Self {
        let (mut contract, added): (Self, Self) = (read("operations.yaml"), read("operations-added.yaml"));
        // What means more than the contract writes stands in its place.
        contract.alerts.retain(|alert| added.alerts.iter().all(|other| other.alert != alert.alert));
        contract.alerts.extend(added.alerts);
        contract
    }
}

impl Panel {
    pub(super) fn queries(&self) -> Vec<String> {
        let query = in_namespace(&self.query);
        let others = self.also.iter().map(|rank| {
            let other = query.replacen("histogram_quantile(0.95,", &format!("histogram_quantile({rank},"), 1);
            assert_ne!(other, query, "{}: the query has no quantile to vary", self.title);
            other
        });
        let more = self.more.iter().map(|query| in_namespace(query));
        std::iter::once(query.clone()).chain(others).chain(more).collect()
    }
}

impl Alert {
    pub(super) fn expr(&self) -> Option<String> {
        self.expr.as_deref().map(in_namespace)
    }
}

/// The contract writes `NS` for the namespace.
fn in_namespace(expression: &str) -> String {
    expression.replace("NS_", "agentpane_")
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("contract").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
