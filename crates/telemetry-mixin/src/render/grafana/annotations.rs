//! What happened meanwhile, as lines across the panels: alerts that fired, versions that were deployed.

use serde_json::{Value, json};

use super::variables::DATASOURCE;
use crate::settings::GeneratorSettings;

/// How long a version counts as new.
const NEW: &str = "5m";

/// The annotations of a dashboard with these alerts. Grafana shows the label `alertname` as the title of each.
pub(super) fn all(alerts: &[String], settings: &GeneratorSettings) -> Vec<Value> {
    let (job, info) = (settings.job(), settings.info());
    let versions = |at: &str| format!("count by ({job}, service_version) ({info}{{{job}=~\"$job\"}}{at})");
    let (now, before) = (versions(""), versions(&format!(" offset {NEW}")));
    let deploys = format!("label_join({now} unless {before}, \"alertname\", \" \", \"{job}\", \"service_version\")");
    let deployed = annotation("Deploys", "blue", &deploys);
    if alerts.is_empty() {
        return vec![deployed];
    }
    let firing = format!(
        "ALERTS{{alertstate=\"firing\", escalation=\"\", alertname=~\"{}\", {job}=~\"$job\"}}",
        alerts.join("|")
    );
    vec![annotation("Firing alerts", "red", &firing), deployed]
}

fn annotation(name: &str, color: &str, expression: &str) -> Value {
    json!({
        "name": name,
        "datasource": { "type": "prometheus", "uid": DATASOURCE },
        "enable": true,
        "hide": false,
        "iconColor": color,
        "expr": expression,
    })
}
