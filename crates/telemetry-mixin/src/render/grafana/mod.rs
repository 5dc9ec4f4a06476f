//! Grafana: dashboards and their provisioning.

mod dashboard;
mod options;
mod panel;
mod provisioning;
mod variables;

pub(crate) use dashboard::dashboard;
pub(crate) use panel::number;
pub(crate) use provisioning::{DASHBOARDS_PATH, DATASOURCES_PATH, dashboards_provider, datasource};

/// The longest uid that Grafana takes.
pub(crate) const LONGEST_UID: usize = 40;

/// The uid of a dashboard, by which links find it.
pub(crate) fn uid(namespace: &telemetry_core::Namespace, slug: &str) -> String {
    format!("{namespace}-{slug}")
}
