//! Prometheus's own configuration.

use crate::files::{GeneratedFiles, NOTICE};
use crate::settings::GeneratorSettings;

const TEMPLATE: &str = include_str!("prometheus.yaml");

/// What it scrapes, evaluates, and hands alerts to.
pub(crate) fn config(settings: &GeneratorSettings, files: &mut GeneratedFiles) {
    let text = TEMPLATE
        .replace("$EXPORT_INTERVAL", &settings.export_interval)
        .replace("$RULE_INTERVAL", &settings.rule_interval)
        .replace("$ALERTMANAGER", &settings.alertmanager.address);
    files.insert("deploy/prometheus/prometheus.yaml".to_owned(), format!("# {NOTICE}\n#\n{text}"));
}
