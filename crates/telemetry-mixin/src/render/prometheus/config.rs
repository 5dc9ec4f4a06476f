//! Prometheus's own configuration.

use crate::files::{GeneratedFiles, NOTICE};
use crate::settings::{Backend, GeneratorSettings, Histograms};

/// How Prometheus is told to make native histograms of what it takes, by the way it came: what rules and dashboards read then.
const NATIVE_PUSHED: &str = "  # Histograms as native ones with custom buckets, which rules and dashboards read.\n  convert_histograms_to_nhcb: true\n";
const NATIVE_SENT: &str = "    send_native_histograms: true\n";
const NATIVE_SCRAPED: &str = "    # Histograms as native ones with custom buckets, which rules and dashboards read.\n    convert_classic_histograms_to_nhcb: true\n";

const TEMPLATE: &str = include_str!("prometheus.yaml");

/// What becomes of the samples: its own rules, or another's.
const EVALUATED: &str = include_str!("evaluated.yaml");
const HANDED_ON: &str = include_str!("handed-on.yaml");

const EVALUATING: &str = "\
# Prometheus behind the collector: it scrapes what applications exported and what the collector says of itself,
# evaluates the generated rules and hands alerts to Alertmanager. The end-to-end tests run this file with shorter
# intervals and their own addresses.";
const HANDING_ON: &str = "\
# Prometheus between the collector and Mimir: it scrapes what applications exported and what the collector says of itself,
# begins each series with a zero, and hands everything on.";

/// What it scrapes, evaluates, and hands alerts to. VictoriaMetrics needs none.
pub(crate) fn config(settings: &GeneratorSettings, files: &mut GeneratedFiles) {
    let (head, evaluated) = match settings.backend {
        Backend::VictoriaMetrics => return,
        Backend::Prometheus => (EVALUATING, EVALUATED),
        Backend::Mimir => (HANDING_ON, HANDED_ON),
    };
    let is_native = settings.histograms == Histograms::Native;
    let mimir = settings.metrics_url().trim_end_matches('/');
    let text = TEMPLATE
        .replace("$HEAD", head)
        .replace("$EVALUATED", evaluated.trim_end())
        .replace("$MIMIR", mimir.strip_suffix("/prometheus").unwrap_or(mimir))
        .replace("$NATIVE_SENT", if is_native { NATIVE_SENT } else { "" })
        .replace("$NATIVE_PUSHED", if is_native { NATIVE_PUSHED } else { "" })
        .replace("$NATIVE_SCRAPED", if is_native { NATIVE_SCRAPED } else { "" })
        .replace("$EXPORT_INTERVAL", &settings.export_interval)
        .replace("$RULE_INTERVAL", &settings.rule_interval)
        .replace("$ALERTMANAGER", &settings.alertmanager.address);
    files.insert("deploy/prometheus/prometheus.yaml".to_owned(), format!("# {NOTICE}\n#\n{text}"));
}
