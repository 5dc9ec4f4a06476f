//! What the generator makes of the domains with its default settings, read back as Grafana and Prometheus read it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use telemetry_mixin::{GeneratorSettings, generate};

use super::canonical::{Recorded, canonical};
use super::catalogues::domains;

#[derive(Debug, Deserialize)]
pub(super) struct Dashboard {
    pub(super) title: String,
    pub(super) refresh: String,
    pub(super) panels: Vec<Panel>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Panel {
    #[serde(rename = "type")]
    pub(super) viz: String,
    pub(super) title: String,
    #[serde(default)]
    pub(super) targets: Vec<Target>,
    #[serde(default, rename = "fieldConfig")]
    pub(super) fields: Fields,
}

#[derive(Debug, Deserialize)]
pub(super) struct Target {
    pub(super) expr: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Fields {
    pub(super) defaults: Defaults,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Defaults {
    pub(super) unit: String,
    pub(super) custom: serde_json::Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct Alert {
    pub(super) alert: String,
    pub(super) expr: String,
    #[serde(rename = "for")]
    pub(super) hold: String,
    pub(super) labels: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct RuleFile {
    groups: Vec<Group>,
}

#[derive(Debug, Deserialize)]
struct Group {
    rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Rule {
    Alert(Alert),
    Record { record: String, expr: String },
}

/// All dashboards and rules.
pub(super) struct Generated {
    pub(super) dashboards: Vec<Dashboard>,
    pub(super) alerts: Vec<Alert>,
    pub(super) recorded: Recorded,
}

impl Generated {
    pub(super) fn new() -> Self {
        let files = generate(&GeneratorSettings::default(), &domains()).unwrap_or_else(|errors| panic!("{errors}"));
        let below = |folder: &'static str| files.iter().filter(move |(path, _)| path.starts_with(folder));
        let dashboards = below("deploy/grafana/dashboards/").filter(|(path, _)| path.ends_with(".json"));
        let dashboards: Vec<Dashboard> = dashboards
            .map(|(path, text)| serde_json::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}")))
            .collect();
        let rules = below("deploy/prometheus/rules/").flat_map(|(path, text)| yaml::<RuleFile>(path, text).groups);
        let mut generated = Self { dashboards, alerts: Vec::new(), recorded: Recorded::new() };
        for rule in rules.flat_map(|group| group.rules) {
            match rule {
                Rule::Alert(alert) => generated.alerts.push(alert),
                // One rule may read those before it.
                Rule::Record { record, expr } => {
                    let expr = canonical(&expr, &generated.recorded);
                    assert!(generated.recorded.insert(record.clone(), expr).is_none(), "{record} is recorded twice");
                }
            }
        }
        generated
    }
}

fn yaml<T: DeserializeOwned>(path: &str, text: &str) -> T {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"))
}
