//! What dashboards and alerts of this domain call the same.

/// The dashboard of this domain.
pub(super) const AGENTS: &str = "agent-performance";
/// The dashboard that it has a part in.
pub(super) const OVERVIEW: &str = "overview";

/// Who acts on most of its alerts.
pub(super) const TEAM: &str = "agents";

pub(super) const PROJECT: [&str; 1] = ["project_id"];
pub(super) const AGENT: [&str; 2] = ["project_id", "agent_id"];
pub(super) const PROJECT_OF_JOB: [&str; 2] = ["job", "project_id"];
