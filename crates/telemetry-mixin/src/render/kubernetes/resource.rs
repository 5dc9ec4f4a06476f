//! Resources as Kubernetes and the operators of Prometheus and Perses read them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use serde_saphyr::LitStr;

/// A resource with what all of them have.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Resource<'a, B> {
    pub(super) api_version: &'a str,
    pub(super) kind: &'a str,
    pub(super) metadata: Metadata<'a>,
    #[serde(flatten)]
    pub(super) body: B,
}

#[derive(Serialize)]
pub(super) struct Metadata<'a> {
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) namespace: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) labels: BTreeMap<&'a str, &'a str>,
}

/// What most resources are about.
#[derive(Serialize)]
pub(super) struct Spec<S> {
    pub(super) spec: S,
}

/// The files of a `ConfigMap`, as they are.
#[derive(Serialize)]
pub(super) struct Data<'a> {
    pub(super) data: BTreeMap<&'a str, LitStr<'a>>,
}

/// What a `PersesDashboard` is about: the dashboard as Perses itself has it.
#[derive(Serialize)]
pub(super) struct Shown {
    pub(super) config: Value,
}
