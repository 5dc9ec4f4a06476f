//! What is measured of worktrees and of GitHub's API.

use telemetry_core::{Catalogue, Counter, Histogram, Metrics, ObservableGauge};

/// Every metric of this crate.
pub const CATALOGUE: Catalogue = Catalogue::new(
    env!("CARGO_PKG_NAME"),
    &[
        ProjectMetrics::CATALOGUE,
        CreationMetrics::CATALOGUE,
        DiskMetrics::CATALOGUE,
        CallMetrics::CATALOGUE,
        EndpointMetrics::CATALOGUE,
        LimitMetrics::CATALOGUE,
    ],
);

/// What is observed of a project that has worktrees.
#[derive(Metrics)]
#[metrics(scope = "telemetry.vcs", entity(project_id(max = 1_000)))]
pub struct ProjectMetrics {
    /// Active worktrees
    #[metric(name = "agentpane_worktrees_active")]
    pub active: ObservableGauge,
}

/// What is measured of a project's new worktrees.
#[derive(Metrics)]
#[metrics(scope = "telemetry.vcs", entity(project_id))]
pub struct CreationMetrics {
    /// Worktree creation duration
    #[metric(
        name = "agentpane_worktree_creation_duration_seconds",
        unit = "s",
        buckets = [1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0]
    )]
    pub creation: Histogram,
}

/// What is observed of one worktree, as long as it is there.
#[derive(Metrics)]
#[metrics(scope = "telemetry.vcs", entity(worktree_id(max = 1_000)))]
pub struct DiskMetrics {
    /// Disk usage of a worktree
    #[metric(name = "agentpane_worktree_disk_usage_bytes", unit = "By")]
    pub usage: ObservableGauge,
}

/// The calls of one endpoint of GitHub's, by the status that they were answered with.
///
/// Endpoints are as many as GitHub describes, some 800, and `_unmatched`.
#[derive(Metrics)]
#[metrics(
    scope = "telemetry.vcs",
    entity(endpoint(values = "endpoint template", max = 1_000), status(values = "HTTP status code, or error"))
)]
pub struct CallMetrics {
    /// GitHub API calls
    #[metric(name = "agentpane_github_api_calls_total")]
    pub calls: Counter,
}

/// What is measured of one endpoint of GitHub's.
#[derive(Metrics)]
#[metrics(scope = "telemetry.vcs", entity(endpoint(values = "endpoint template", max = 1_000)))]
pub struct EndpointMetrics {
    /// GitHub API call duration
    #[metric(
        name = "agentpane_github_api_duration_seconds",
        unit = "s",
        buckets = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]
    )]
    pub duration: Histogram,
}

/// What is observed of GitHub's rate limit: that of the resource `core`.
#[derive(Metrics)]
#[metrics(scope = "telemetry.vcs", entity())]
pub struct LimitMetrics {
    /// GitHub API calls remaining
    #[metric(name = "agentpane_github_rate_limit_remaining")]
    pub remaining: ObservableGauge,
    /// GitHub API calls allowed per window
    #[metric(name = "agentpane_github_rate_limit_limit")]
    pub limit: ObservableGauge,
}
