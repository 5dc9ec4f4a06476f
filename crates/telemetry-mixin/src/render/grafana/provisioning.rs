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
    datasources: [Datasource<'a>; 1],
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
    json_data: JsonData<'a>,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonData<'a> {
    /// What `$__rate_interval` is computed from: four of these.
    time_interval: &'a str,
    http_method: &'a str,
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

/// The Prometheus that the dashboards read.
pub(crate) fn datasource(settings: &GeneratorSettings) -> String {
    yaml(
        NOTICE,
        &Datasources {
            api_version: 1,
            datasources: [Datasource {
                name: "Prometheus",
                uid: "prometheus",
                r#type: "prometheus",
                access: "proxy",
                url: &settings.prometheus_url,
                is_default: true,
                editable: false,
                json_data: JsonData { time_interval: &settings.export_interval, http_method: "POST" },
            }],
        },
    )
}
