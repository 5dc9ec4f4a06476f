//! The compose file, and what it starts beside the collector, Prometheus, Alertmanager and Grafana.

use std::fmt::Write as _;

use crate::files::{GeneratedFiles, NOTICE};
use crate::render::intake::{FEATURES, OTLP_FLAG, RETENTION, is_pushed, victoriametrics_flags};
use crate::settings::{Backend, GeneratorSettings, LogStore, TraceStore};

const COMPOSE: &str = include_str!("compose.yaml");

/// What scrapes, and where it keeps what it scraped.
const PROMETHEUS: &str = include_str!("prometheus-service.yaml");
const VICTORIAMETRICS: &str = include_str!("victoriametrics-service.yaml");

/// The user of the images whose volumes root makes.
const USER: &str = "10001:10001";

/// A store that is one more service.
struct Store {
    name: &'static str,
    service: &'static str,
    config: &'static str,
    /// Where the volume is mounted.
    data: &'static str,
}

const TEMPO: Store = Store {
    name: "tempo",
    service: include_str!("tempo-service.yaml"),
    config: include_str!("tempo.yaml"),
    data: "/var/tempo",
};

const LOKI: Store = Store {
    name: "loki",
    service: include_str!("loki-service.yaml"),
    config: include_str!("loki.yaml"),
    data: "/loki",
};

/// The compose file. A store that is not Tempo or Loki is somewhere else, and the collector is told its address by whoever
/// starts it.
pub(crate) fn files(settings: &GeneratorSettings, files: &mut GeneratedFiles) {
    let traces = settings.traces.as_ref().filter(|traces| traces.store == TraceStore::Tempo).map(|_| TEMPO);
    let logs = settings.logs.as_ref().filter(|logs| logs.store == LogStore::Loki).map(|_| LOKI);
    let endpoint = |own: bool, here: &str, variable: &str| {
        if own { here.to_owned() } else { format!("${{{variable}:?say where it is}}") }
    };
    let stores: Vec<&Store> = traces.iter().chain(&logs).collect();
    let owned: Vec<(&str, &str)> = std::iter::once(("otelcol", "/var/lib/otelcol"))
        .chain(stores.iter().map(|store| (store.name, store.data)))
        .collect();
    let mounts: Vec<String> = owned.iter().map(|(name, data)| format!("      - {name}:{data}")).collect();
    let command: Vec<&str> = ["chown", "-R", USER].into_iter().chain(owned.iter().map(|(_, data)| *data)).collect();
    let (metrics, keeper, backend, scraper) = match settings.backend {
        Backend::Prometheus => (PROMETHEUS, "prometheus", "Prometheus", "Prometheus"),
        Backend::VictoriaMetrics => (VICTORIAMETRICS, "victoriametrics", "VictoriaMetrics", "VictoriaMetrics"),
        Backend::Mimir => (PROMETHEUS, "prometheus", "Prometheus before a Mimir that is elsewhere", "Prometheus"),
    };
    let (pushes, flags) = match settings.backend {
        Backend::VictoriaMetrics => ("push-to-victoriametrics", victoriametrics_flags(settings)),
        Backend::Prometheus | Backend::Mimir => ("push-to-prometheus", vec![OTLP_FLAG.to_owned()]),
    };
    let pushed = is_pushed(settings);
    let otlp: String = flags.iter().filter(|_| pushed).map(|flag| format!("      - {flag}\n")).collect();
    let configurations: Vec<&str> = std::iter::once("gateway").chain(pushed.then_some(pushes)).collect();
    let told: Vec<String> =
        configurations.iter().map(|name| format!("\"--config=/etc/otelcol/{name}.yaml\"")).collect();
    let read: Vec<String> = configurations
        .iter()
        .map(|name| format!("      - ./otel-collector/{name}.yaml:/etc/otelcol/{name}.yaml:ro"))
        .collect();
    let mut text = COMPOSE
        .replace("$METRICS\n", metrics)
        .replace("$BACKEND", backend)
        .replace("$SCRAPER", scraper)
        .replace("$OTLP", &otlp)
        .replace("$COLLECTOR_COMMAND", &told.join(", "))
        .replace("$COLLECTOR_VOLUMES", &read.join("\n"))
        .replace("$RULE_INTERVAL", &settings.rule_interval)
        .replace("$ALERTMANAGER", &settings.alertmanager.address)
        .replace("$NAMESPACE", settings.namespace.as_str())
        .replace("$STORAGE_COMMAND", &quoted(&command))
        .replace("$STORAGE_VOLUMES", &mounts.join("\n"))
        .replace("$TRACES", &endpoint(traces.is_some(), "tempo:4317", "OTLP_TRACES_ENDPOINT"))
        .replace("$LOGS", &endpoint(logs.is_some(), "http://loki:3100/otlp", "OTLP_LOGS_ENDPOINT"))
        .replace("$RETENTION", RETENTION)
        .replace("$FEATURES", &FEATURES.join(","))
        .replace("$SECRETS", &settings.alertmanager.secrets)
        .replace("$GRAFANA", &settings.grafana_url);
    stores.iter().for_each(|store| text.push_str(store.service));
    let names = [keeper, "alertmanager", "grafana"].into_iter().chain(owned.iter().map(|(name, _)| *name));
    text.push_str("volumes:\n");
    for name in names {
        writeln!(text, "  {name}:").expect("writing into a string never fails");
    }
    text.push_str("\nsecrets:\n  grafana-admin-password:\n    file: ./secrets/grafana-admin-password\n");
    files.insert("deploy/compose.yaml".to_owned(), format!("# {NOTICE}\n#\n{text}"));
    for Store { name, config, .. } in stores {
        files.insert(format!("deploy/{name}/{name}.yaml"), format!("# {NOTICE}\n#\n{config}"));
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}
