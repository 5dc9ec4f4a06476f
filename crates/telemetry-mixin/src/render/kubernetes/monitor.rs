//! What Prometheus's operator has scraped of the collector, and what it has to be told beside it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::files::NOTICE;
use crate::render::intake::{
    FEATURES, RETENTION, Relabel, is_pushed, of_samples, of_target, promoted_by_prometheus, victoriametrics_flags,
};
use crate::settings::{Backend, GeneratorSettings, Histograms};

/// The label of the collector's service as OpenTelemetry's chart makes it.
const COLLECTOR: (&str, &str) = ("app.kubernetes.io/name", "opentelemetry-collector");

/// What a `ServiceMonitor` is about.
#[derive(Serialize)]
pub(super) struct Monitored<'a> {
    selector: ServiceSelector<'a>,
    endpoints: Vec<Endpoint<'a>>,
    /// Whether Prometheus makes native histograms with custom buckets of classic ones.
    #[serde(rename = "convertClassicHistogramsToNHCB", skip_serializing_if = "Option::is_none")]
    native_histograms: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ServiceSelector<'a> {
    match_labels: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Endpoint<'a> {
    port: &'a str,
    /// Whether the job and the instance of what is scraped are its own.
    honor_labels: bool,
    interval: &'a str,
    /// What becomes of the target's labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relabelings: Vec<Relabeling<'a>>,
    /// What becomes of those of each series.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metric_relabelings: Vec<Relabeling<'a>>,
}

#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum Relabeling<'a> {
    /// A label takes the value of another one.
    Filled { source_labels: [&'a str; 2], regex: &'static str, target_label: &'a str },
    /// Labels that go.
    Dropped { action: &'static str, regex: String },
}

/// What the collector shows: what came from applications, unless that is pushed, and what it says of itself.
pub(super) fn monitored(settings: &GeneratorSettings) -> Monitored<'_> {
    let own = &settings.kubernetes;
    let mut match_labels: BTreeMap<&str, &str> =
        own.collector_labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if match_labels.is_empty() {
        match_labels.extend([COLLECTOR]);
    }
    let endpoint = |port, honor_labels, relabelings, metric_relabelings| Endpoint {
        port,
        honor_labels,
        interval: settings.export_interval.as_str(),
        relabelings,
        metric_relabelings,
    };
    let samples = of_samples(settings);
    let applications = endpoint(own.applications_port.as_str(), true, dropped(&samples), filled(&samples));
    let collector = endpoint(own.collector_port.as_str(), false, filled(&of_target(settings)), Vec::new());
    let scraped = !is_pushed(settings);
    Monitored {
        selector: ServiceSelector { match_labels },
        endpoints: scraped.then_some(applications).into_iter().chain([collector]).collect(),
        native_histograms: (scraped && settings.histograms == Histograms::Native).then_some(true),
    }
}

/// The operator gives a target labels such as `pod` and `service`. Those of the collector are not the applications'.
fn dropped<'a>(labels: &[Relabel<'a>]) -> Vec<Relabeling<'a>> {
    let names: Vec<&str> = labels.iter().map(|relabel| relabel.label).collect();
    let dropped = Relabeling::Dropped { action: "labeldrop", regex: names.join("|") };
    if names.is_empty() { Vec::new() } else { vec![dropped] }
}

fn filled<'a>(labels: &[Relabel<'a>]) -> Vec<Relabeling<'a>> {
    let one = |Relabel { label, from }: &Relabel<'a>| Relabeling::Filled {
        source_labels: [*label, *from],
        regex: Relabel::FITS,
        target_label: label,
    };
    labels.iter().map(one).collect()
}

/// The head of the file: what scrapes, evaluates or keeps has to be told in resources that are not of this bundle.
pub(super) fn head(settings: &GeneratorSettings) -> String {
    let mut lines = vec![NOTICE.to_owned(), String::new()];
    match settings.backend {
        Backend::VictoriaMetrics => {
            lines.push(
                "VictoriaMetrics' operator makes its own resources of this one and of rules. The store is started with"
                    .to_owned(),
            );
            lines.push(format!("  -retentionPeriod={RETENTION}"));
            lines.extend(victoriametrics_flags(settings).iter().map(|flag| format!("  {flag}")));
        }
        Backend::Prometheus | Backend::Mimir => {
            let rules = match settings.backend {
                Backend::Mimir => "The `Prometheus` that takes this, the rules being for Mimir's ruler, has",
                _ => "The `Prometheus` that takes this and the rules has",
            };
            lines.push(format!("{rules} in its own `spec`"));
            lines.extend(prometheus(settings).iter().map(|line| format!("  {line}")));
        }
    }
    lines.join("\n# ").replace("# \n", "#\n")
}

fn prometheus(settings: &GeneratorSettings) -> Vec<String> {
    let is_native = settings.histograms == Histograms::Native;
    let mut lines = vec![format!("retention: {RETENTION}"), format!("enableFeatures: [{}]", FEATURES.join(", "))];
    if is_pushed(settings) {
        lines.extend(["enableOTLPReceiver: true", "tsdb: { outOfOrderTimeWindow: 31d }", "otlp:"].map(str::to_owned));
        lines.push("  translationStrategy: UnderscoreEscapingWithSuffixes".to_owned());
        let (attributes, keeps_identifying) = promoted_by_prometheus(settings);
        if !attributes.is_empty() {
            lines.push(format!("  promoteResourceAttributes: [{}]", attributes.join(", ")));
        }
        lines.extend(keeps_identifying.then(|| "  keepIdentifyingResourceAttributes: true".to_owned()));
        lines.extend(is_native.then(|| "  convertHistogramsToNHCB: true".to_owned()));
    }
    if settings.backend == Backend::Mimir {
        let native = if is_native { ", sendNativeHistograms: true" } else { "" };
        lines.push(format!("remoteWrite: [{{ url: \"{}\", sendExemplars: true{native} }}]", settings.written_to()));
    }
    lines
}
