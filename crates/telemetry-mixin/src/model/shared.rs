//! The dashboards to which several domains contribute.

use super::Dashboard;

/// Dashboards to which several domains contribute: each starts with the same words, adds its rows, and the generator
/// joins them.
impl Dashboard {
    /// The dashboard Overview: sections Service Health, Task Pipeline and Performance.
    ///
    /// ```
    /// use telemetry_mixin::model::{Dashboard, Panel, Unit};
    /// use telemetry_mixin::query::sum;
    ///
    /// let up = Panel::stat("Targets Up", "Targets that answered the last scrape", Unit::Short, sum("up"));
    /// let part = Dashboard::overview().row("Service Health").panel(up);
    /// assert_eq!(part.slug, "overview");
    /// ```
    #[must_use]
    pub fn overview() -> Self {
        Self::new("overview", "Overview", "Whether the platform is up, busy and answering, at a glance").sections(&[
            "Service Health",
            "Task Pipeline",
            "Performance",
        ])
    }

    /// The dashboard Infrastructure: sections Process Metrics, Database, Streams & Connections and External Services.
    #[must_use]
    pub fn infrastructure() -> Self {
        Self::new(
            "infrastructure",
            "Infrastructure",
            "What the platform runs on: processes, database, streams, services",
        )
        .sections(&["Process Metrics", "Database", "Streams & Connections", "External Services"])
    }
}
