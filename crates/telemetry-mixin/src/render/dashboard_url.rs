//! Where an alert's dashboard is reached.

use super::perses;
use crate::settings::{DashboardTool, GeneratorSettings};

/// The dashboard of that slug, in whichever tool comes first of those whose dashboards are written.
pub(crate) fn dashboard_url(slug: &str, settings: &GeneratorSettings) -> String {
    match settings.dashboards.first() {
        Some(DashboardTool::Perses) => perses::url(slug, settings),
        Some(DashboardTool::Grafana) | None => {
            format!("{}/d/{}", settings.grafana_url.trim_end_matches('/'), settings.uid(slug))
        }
    }
}
