//! The files from which Grafana learns of the dashboards and their data source.

use crate::files::NOTICE;
use crate::render::prometheus::yaml;
use crate::settings::GeneratorSettings;

pub(crate) const DASHBOARDS_PATH: &str = "deploy/grafana/provisioning/dashboards/telemetry.yaml";
pub(crate) const DATASOURCES_PATH: &str = "deploy/grafana/provisioning/datasources/prometheus.yaml";

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Providers<'a> {
    api_version: u8,
    providers: [Provider<'a>; 1],
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Provider<'a> {
    name: &'a str,
    folder: &'a str,
    r#type: &'a str,
    disable_deletion: bool,
    allow_ui_updates: bool,
    update_interval_seconds: u32,
    options: ProviderOptions<'a>,
}

#[derive(serde::Serialize)]
struct ProviderOptions<'a> {
    path: &'a str,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Datasources<'a> {
    api_version: u8,
    datasources: Vec<Datasource<'a>>,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Datasource<'a> {
    name: &'a str,
    uid: &'a str,
    r#type: &'a str,
    access: &'a str,
    url: &'a str,
    is_default: bool,
    editable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    json_data: Option<JsonData<'a>>,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonData<'a> {
    /// What `$__rate_interval` is computed from: four of these.
    time_interval: &'a str,
    http_method: &'a str,
    /// Where an exemplar leads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exemplar_trace_id_destinations: Vec<Destination<'a>>,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Destination<'a> {
    /// The exemplar's label that has the trace's id.
    name: &'a str,
    datasource_uid: &'a str,
}

/// Where Grafana finds the dashboards: the directory that the compose file mounts.
pub(crate) fn dashboards_provider(settings: &GeneratorSettings) -> String {
    let name = settings.namespace.as_str();
    yaml(
        NOTICE,
        &Providers {
            api_version: 1,
            providers: [Provider {
                name,
                folder: name,
                r#type: "file",
                disable_deletion: false,
                allow_ui_updates: false,
                update_interval_seconds: 30,
                options: ProviderOptions { path: "/etc/grafana/dashboards" },
            }],
        },
    )
}

/// The Prometheus that the dashboards read, and where their links lead.
pub(crate) fn datasource(settings: &GeneratorSettings) -> String {
    let traces = settings.traces.as_ref();
    let prometheus = Datasource {
        json_data: Some(JsonData {
            time_interval: &settings.export_interval,
            http_method: "POST",
            exemplar_trace_id_destinations: traces
                .map(|traces| Destination { name: "trace_id", datasource_uid: &traces.uid })
                .into_iter()
                .collect(),
        }),
        is_default: true,
        ..linked(&settings.prometheus_name, &settings.prometheus_uid, "prometheus", settings.metrics_url())
    };
    let traces = traces.map(|traces| linked("Traces", &traces.uid, traces.store.plugin(), &traces.url));
    let logs = settings.logs.as_ref().map(|logs| linked("Logs", &logs.uid, logs.store.plugin(), &logs.url));
    let datasources = std::iter::once(prometheus).chain(traces).chain(logs).collect();
    yaml(NOTICE, &Datasources { api_version: 1, datasources })
}

fn linked<'a>(name: &'a str, uid: &'a str, r#type: &'a str, url: &'a str) -> Datasource<'a> {
    Datasource { name, uid, r#type, access: "proxy", url, is_default: false, editable: false, json_data: None }
}
