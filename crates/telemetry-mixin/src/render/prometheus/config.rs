//! Prometheus's own configuration.

use crate::files::{GeneratedFiles, NOTICE};
use crate::render::intake::{is_pushed, promoted_by_prometheus, scrape_configs};
use crate::settings::{Backend, GeneratorSettings, Histograms};

/// How Prometheus is told to make native histograms of what is pushed, and to hand them on: what rules and dashboards read then.
const NATIVE_PUSHED: &str = "  # Histograms as native ones with custom buckets, which rules and dashboards read.\n  convert_histograms_to_nhcb: true\n";
const NATIVE_SENT: &str = "    send_native_histograms: true\n";

/// When it takes OTLP.
const NOT_PUSHED: &str = "\
# Used only where the collector pushes (../otel-collector/push-to-prometheus.yaml), and with --web.enable-otlp-receiver.
# There, take the job `applications` out below: one way in. `way_in = \"push\"` in the generator's settings does it.";
const PUSHED: &str = "\
# What the collector pushes (../otel-collector/push-to-prometheus.yaml); it takes --web.enable-otlp-receiver.";

const TEMPLATE: &str = include_str!("prometheus.yaml");

/// What becomes of the samples: its own rules, or another's.
const EVALUATED: &str = include_str!("evaluated.yaml");
const HANDED_ON: &str = include_str!("handed-on.yaml");

const EVALUATING: &str = "\
# Prometheus behind the collector: it $TAKES what the collector says of itself,
# evaluates the generated rules and hands alerts to Alertmanager. The end-to-end tests run this file with shorter
# intervals and their own addresses.";
const HANDING_ON: &str = "\
# Prometheus between the collector and Mimir: it $TAKES what the collector says of itself,
# begins each series with a zero, and hands everything on.";

/// What it scrapes, evaluates, and hands alerts to. VictoriaMetrics needs none.
pub(crate) fn config(settings: &GeneratorSettings, files: &mut GeneratedFiles) {
    let (head, evaluated) = match settings.backend {
        Backend::VictoriaMetrics => return,
        Backend::Prometheus => (EVALUATING, EVALUATED),
        Backend::Mimir => (HANDING_ON, HANDED_ON),
    };
    let is_native = settings.histograms == Histograms::Native;
    let text = TEMPLATE
        .replace("$HEAD", head)
        .replace(
            "$TAKES",
            if is_pushed(settings) {
                "takes what applications push through it, scrapes"
            } else {
                "scrapes what applications exported and"
            },
        )
        .replace("$EVALUATED", evaluated.trim_end())
        .replace("$MIMIR", &settings.written_to())
        .replace("$NATIVE_SENT", if is_native { NATIVE_SENT } else { "" })
        .replace("$NATIVE_PUSHED", if is_native { NATIVE_PUSHED } else { "" })
        .replace("$PUSHED", if is_pushed(settings) { PUSHED } else { NOT_PUSHED })
        .replace("$PROMOTED", &promoted(settings))
        .replace("$SCRAPED", &scrape_configs(settings))
        .replace("$EXPORT_INTERVAL", &settings.export_interval)
        .replace("$RULE_INTERVAL", &settings.rule_interval)
        .replace("$ALERTMANAGER", &settings.alertmanager.address);
    files.insert("deploy/prometheus/prometheus.yaml".to_owned(), format!("# {NOTICE}\n#\n{text}"));
}

/// The attributes of what is pushed that become labels.
fn promoted(settings: &GeneratorSettings) -> String {
    let (attributes, keeps_identifying) = promoted_by_prometheus(settings);
    if attributes.is_empty() {
        return String::new();
    }
    let attributes = attributes.join(", ");
    let kept = if keeps_identifying { "  keep_identifying_resource_attributes: true\n" } else { "" };
    format!(
        "  # By these labels services and processes are told apart.\n  promote_resource_attributes: [{attributes}]\n{kept}"
    )
}
