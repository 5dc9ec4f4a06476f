//! Files for Grafana and Prometheus, each packed into a resource.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_saphyr::LitStr;

use super::monitor::{head, monitored};
use super::name::{dashboard_resource, resource_name};
use super::resource::{Data, Metadata, Resource, Shown, Spec};
use crate::files::{GeneratedFiles, NOTICE};
use crate::render::grafana::DASHBOARDS;
use crate::render::perses;
use crate::render::prometheus::{RuleFile, yaml};
use crate::settings::GeneratorSettings;

/// Folders of rules, and what is added to their names, which are the same in all.
const RULES: [(&str, &str); 2] = [("deploy/prometheus/rules/", ""), ("deploy/prometheus/escalation/", "-escalation")];

/// What Grafana, Perses and Prometheus read as files, and what starts them with these files.
const REPLACED: [&str; 5] =
    ["deploy/grafana/", "deploy/perses/", "deploy/prometheus/", "deploy/victoriametrics/", "deploy/compose"];

/// By this label Grafana's sidecar finds dashboards.
const SIDECAR: (&str, &str) = ("grafana_dashboard", "1");

const OPERATOR: &str = "monitoring.coreos.com/v1";

/// Perses' operator, which not every cluster has: its resources lie in a folder of their own. A namespace is a project there,
/// and the data source another resource, which is the cluster's own.
const PERSES: &str = "perses.dev/v1alpha2";

/// The files with resources in place of those for Grafana and Prometheus.
pub(crate) fn packed(files: &GeneratedFiles, settings: &GeneratorSettings) -> GeneratedFiles {
    let mut packed = files.without(|path| REPLACED.iter().any(|replaced| path.starts_with(replaced)));
    for (path, text) in files.iter() {
        if let Some((name, stem)) = named(path, DASHBOARDS, ".json") {
            let data = Data { data: BTreeMap::from([(name, LitStr(text))]) };
            let map = resource("v1", "ConfigMap", dashboard_resource(stem), Some(SIDECAR), data, settings);
            packed.insert(format!("deploy/kubernetes/dashboards/{stem}.yaml"), yaml(NOTICE, &map));
        }
        if let Some((_, stem)) = named(path, perses::DASHBOARDS, ".json") {
            let mut board: Value = serde_json::from_str(text).expect("a dashboard that was just written is read");
            let spec = Shown { config: board["spec"].take() };
            let name = dashboard_resource(stem);
            let board = resource(PERSES, "PersesDashboard", name, None, Spec { spec }, settings);
            packed.insert(format!("deploy/perses/{stem}.yaml"), yaml(NOTICE, &board));
        }
        for (folder, kind) in RULES {
            if let Some((_, stem)) = named(path, folder, ".yaml") {
                let spec: RuleFile =
                    serde_saphyr::from_str(text).expect("a file of rules that was just written is read");
                let name = format!("{stem}{kind}");
                let rule = resource(OPERATOR, "PrometheusRule", name.clone(), None, Spec { spec }, settings);
                packed.insert(format!("deploy/kubernetes/rules/{name}.yaml"), yaml(NOTICE, &rule));
            }
        }
    }
    let spec = monitored(settings);
    let monitor = resource(OPERATOR, "ServiceMonitor", "collector".to_owned(), None, Spec { spec }, settings);
    packed.insert("deploy/kubernetes/service-monitor.yaml".to_owned(), yaml(&head(settings), &monitor));
    packed
}

/// The name of a file in a folder, with its ending and without.
fn named<'a>(path: &'a str, folder: &str, ending: &str) -> Option<(&'a str, &'a str)> {
    let name = path.strip_prefix(folder)?;
    Some((name, name.strip_suffix(ending)?))
}

fn resource<'a, B>(
    api_version: &'a str,
    kind: &'a str,
    name: String,
    label: Option<(&'a str, &'a str)>,
    body: B,
    settings: &'a GeneratorSettings,
) -> Resource<'a, B> {
    let own = &settings.kubernetes;
    let mut labels = texts(&own.labels);
    labels.extend(label);
    let name = resource_name(&name, settings);
    Resource { api_version, kind, metadata: Metadata { name, namespace: own.namespace.as_deref(), labels }, body }
}

fn texts(labels: &BTreeMap<String, String>) -> BTreeMap<&str, &str> {
    labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
