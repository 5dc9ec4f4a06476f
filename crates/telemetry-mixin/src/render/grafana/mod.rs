//! Grafana: dashboards and their provisioning.

mod dashboard;
mod options;
mod panel;
mod provisioning;
mod variables;

pub(crate) use dashboard::dashboard;
pub(crate) use panel::number;
pub(crate) use provisioning::{DASHBOARDS_PATH, DATASOURCES_PATH, dashboards_provider, datasource};
