//! What an operator chooses of the generated files.

use std::collections::BTreeMap;
use std::time::Duration;

use promql_parser::util::parse_duration;
use telemetry_core::Namespace;

/// What an operator chooses of the generated files.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratorSettings {
    /// What replaces the leading `agentpane_` of names; the default is `agentpane`.
    pub namespace: Namespace,
    /// The domains to render, by their short names or by those of their crates (`llm`, `telemetry-llm`); none means all.
    pub domains: Vec<String>,
    /// Other thresholds, windows and times than the declared ones, by the alert's name.
    pub alerts: BTreeMap<String, AlertSettings>,
    /// Labels that the scrape or the collector adds to every series, beside `job` and `instance`.
    pub common_labels: Vec<String>,
    /// Where Grafana is reached, for the alerts' links to dashboards.
    pub grafana_url: String,
    /// Where the runbooks are reached; a page is `<url>/<alert>.md`.
    pub runbooks_url: String,
    /// Where Grafana reaches Prometheus.
    pub prometheus_url: String,
    /// How often metrics are exported; Grafana's `$__rate_interval` is at least four times that. The default, `15s`,
    /// is that of the exporter.
    pub export_interval: String,
    /// How often rules are evaluated; `30s` by default, so that an alert that holds for 30 s is looked at twice.
    pub rule_interval: String,
}

impl Default for GeneratorSettings {
    fn default() -> Self {
        Self {
            namespace: Namespace::DEFAULT,
            domains: Vec::new(),
            alerts: BTreeMap::new(),
            common_labels: Vec::new(),
            grafana_url: "http://localhost:3000".to_owned(),
            runbooks_url: "http://localhost:3000/public/runbooks".to_owned(),
            prometheus_url: "http://prometheus:9090".to_owned(),
            export_interval: "15s".to_owned(),
            rule_interval: "30s".to_owned(),
        }
    }
}

/// What an operator sets of one alert; what is `None` stays as declared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlertSettings {
    /// What the expression compares with.
    pub threshold: Option<f64>,
    /// The window of its rates, as Prometheus writes a duration.
    pub window: Option<String>,
    /// How long it has to hold, as Prometheus writes a duration.
    pub hold: Option<String>,
}

impl GeneratorSettings {
    /// Whether the domain is to be rendered that has either of these names.
    pub(crate) fn wants(&self, domain: &str, crate_name: &str) -> bool {
        self.domains.is_empty() || self.domains.iter().any(|wanted| wanted == domain || wanted == crate_name)
    }

    pub(crate) fn runbook_url(&self, runbook: &str) -> String {
        format!("{}/{runbook}.md", self.runbooks_url.trim_end_matches('/'))
    }

    /// The uid of a dashboard, by which links find it.
    pub(crate) fn uid(&self, slug: &str) -> String {
        format!("{}-{slug}", self.namespace)
    }

    pub(crate) fn dashboard_url(&self, slug: &str) -> String {
        format!("{}/d/{}", self.grafana_url.trim_end_matches('/'), self.uid(slug))
    }
}

/// A time as Prometheus writes it, if it is one above zero.
pub(crate) fn time(text: &str) -> Option<Duration> {
    let ends_in_unit = text.ends_with(|c: char| c.is_ascii_alphabetic());
    parse_duration(text).ok().filter(|time| ends_in_unit && !time.is_zero())
}
