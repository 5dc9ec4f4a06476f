//! Names that the dashboard and its alerts share.

/// The dashboard's slug.
pub(super) const PIPELINE: &str = "telemetry-pipeline";

/// Who acts on alerts of the telemetry's path.
pub(super) const TEAM: &str = "metrics";
