//! What an operator gets wrong of resources for Kubernetes: names that it takes nowhere.

use super::place::unfit;
use crate::promql::Finding;
use crate::settings::{Form, KubernetesSettings, RESOURCE, RESOURCE_LABEL, RESOURCE_VALUE};

pub(super) fn mistakes(settings: &KubernetesSettings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut fit = |key: &str, text: &str, form: &Form| {
        if !(form.fits)(text) {
            findings.push(unfit(key, text, form));
        }
    };
    if let Some(namespace) = &settings.namespace {
        fit("kubernetes.namespace", namespace, &RESOURCE);
    }
    fit("kubernetes.applications_port", &settings.applications_port, &RESOURCE);
    fit("kubernetes.collector_port", &settings.collector_port, &RESOURCE);
    for (table, labels) in [("labels", &settings.labels), ("collector_labels", &settings.collector_labels)] {
        for (label, value) in labels {
            let key = format!("kubernetes.{table}.{label}");
            fit(&key, label, &RESOURCE_LABEL);
            fit(&key, value, &RESOURCE_VALUE);
        }
    }
    findings
}
