//! Prometheus's own configuration.

use crate::files::{GeneratedFiles, NOTICE};
use crate::settings::{GeneratorSettings, Histograms};

/// How Prometheus is told to make native histograms of what it takes, by the way it came: what rules and dashboards read then.
const NATIVE_PUSHED: &str = "  # Histograms as native ones with custom buckets, which rules and dashboards read.\n  convert_histograms_to_nhcb: true\n";
const NATIVE_SCRAPED: &str = "    # Histograms as native ones with custom buckets, which rules and dashboards read.\n    convert_classic_histograms_to_nhcb: true\n";

const TEMPLATE: &str = include_str!("prometheus.yaml");

/// What it scrapes, evaluates, and hands alerts to.
pub(crate) fn config(settings: &GeneratorSettings, files: &mut GeneratedFiles) {
    let is_native = settings.histograms == Histograms::Native;
    let text = TEMPLATE
        .replace("$NATIVE_PUSHED", if is_native { NATIVE_PUSHED } else { "" })
        .replace("$NATIVE_SCRAPED", if is_native { NATIVE_SCRAPED } else { "" })
        .replace("$EXPORT_INTERVAL", &settings.export_interval)
        .replace("$RULE_INTERVAL", &settings.rule_interval)
        .replace("$ALERTMANAGER", &settings.alertmanager.address);
    files.insert("deploy/prometheus/prometheus.yaml".to_owned(), format!("# {NOTICE}\n#\n{text}"));
}
