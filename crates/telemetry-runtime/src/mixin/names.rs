//! What dashboards and alerts of this domain call the same.

use telemetry_mixin::model::RecordedQuantile;

use crate::metrics::ToolMetrics;

/// The dashboard that alerts and links name.
pub(super) const TOOLS: &str = "runtime-tools";

/// Who acts on this domain's alerts.
pub(super) const TEAM: &str = "agents";

pub(super) const TOOL: [&str; 1] = ["tool_id"];

/// What the tools' dashboard and the latency alert share.
pub(super) fn slow() -> RecordedQuantile {
    RecordedQuantile::new(0.95, ToolMetrics::EXECUTE, &TOOL, "5m")
}
