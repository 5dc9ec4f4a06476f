//! The project that the dashboards are in, and the data source that they read.

use serde_json::json;

use super::address::project_name;
use super::dashboard::text;
use super::name::name;
use crate::settings::GeneratorSettings;

/// A list of both. The dashboards name no data source: they read whichever is their project's default.
pub(crate) fn project(settings: &GeneratorSettings) -> String {
    let project = project_name(settings);
    text(&json!([
        { "kind": "Project", "metadata": { "name": project }, "spec": { "display": { "name": settings.namespace.as_str() } } },
        {
            "kind": "Datasource",
            "metadata": { "name": name(&settings.prometheus_uid), "project": project },
            "spec": {
                "display": { "name": settings.prometheus_name },
                "default": true,
                "plugin": {
                    "kind": "PrometheusDatasource",
                    "spec": {
                        "proxy": { "kind": "HTTPProxy", "spec": { "url": settings.metrics_url() } },
                        // What `$__rate_interval` is computed from: four of these.
                        "scrapeInterval": settings.export_interval,
                    },
                },
            },
        },
    ]))
}
