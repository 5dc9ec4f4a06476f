//! Perses: dashboards, their project and its data source.

mod address;
mod dashboard;
mod format;
mod name;
mod panel;
mod plugin;
mod project;
mod variables;

pub(crate) use address::url;
pub(crate) use dashboard::dashboard;
pub(crate) use project::project;

/// Where the dashboards are.
pub(crate) const DASHBOARDS: &str = "deploy/perses/dashboards/";
/// Where the project is that they are in.
pub(crate) const PROJECT_PATH: &str = "deploy/perses/project.json";
