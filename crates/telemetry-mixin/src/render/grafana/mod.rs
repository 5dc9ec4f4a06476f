//! Grafana: dashboards and their provisioning.

mod annotations;
mod dashboard;
mod instance;
mod links;
mod options;
mod panel;
mod provisioning;
mod variables;

pub(crate) use dashboard::dashboard;
pub(crate) use panel::number;
pub(super) use panel::{Asked, Context, asked, reads_buckets};
pub(crate) use provisioning::{DASHBOARDS_PATH, DATASOURCES_PATH, dashboards_provider, datasource};
pub(super) use variables::{Choice, capitalised, metrics};

/// Where the dashboards are.
pub(crate) const DASHBOARDS: &str = "deploy/grafana/dashboards/";
