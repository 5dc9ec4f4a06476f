//! What an operator chooses of the resources for Kubernetes.

use std::collections::BTreeMap;

use telemetry_core::Choice;

/// As what the files for Grafana and Prometheus are written.
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BundleFormat {
    /// Files that Grafana and Prometheus read, and the tests of the rules.
    #[default]
    Files,
    /// Resources of Kubernetes: a `PrometheusRule` for each file of rules, a `ConfigMap` for each dashboard, which Grafana's
    /// sidecar loads, and a `ServiceMonitor` of the collector.
    Kubernetes,
}

/// What an operator chooses of the resources for Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubernetesSettings {
    /// The namespace that the resources say they are in; by default they say none.
    pub namespace: Option<String>,
    /// Labels of every resource. Prometheus's operator picks rules and monitors by such: a release of
    /// kube-prometheus-stack by `release`.
    pub labels: BTreeMap<String, String>,
    /// The labels of the collector's service; where there are none, that of OpenTelemetry's chart:
    /// `app.kubernetes.io/name` is `opentelemetry-collector`.
    pub collector_labels: BTreeMap<String, String>,
    /// The name of the service's port at which the collector shows what applications exported.
    pub applications_port: String,
    /// The name of the service's port at which the collector shows what it says of itself.
    pub collector_port: String,
}

impl Default for KubernetesSettings {
    fn default() -> Self {
        Self {
            namespace: None,
            labels: BTreeMap::new(),
            collector_labels: BTreeMap::new(),
            applications_port: "prometheus".to_owned(),
            collector_port: "metrics".to_owned(),
        }
    }
}
