#![doc = include_str!("../README.md")]

mod disk;
mod github;
mod metrics;
mod settings;
mod worktree;

pub use github::{
    Endpoint, GitHub, GitHubCall, GitHubOperation, GitHubStart, LimitKind, RateLimit, RateLimited, Resource,
};
pub use metrics::CATALOGUE;
#[doc(hidden)]
pub use metrics::{
    CallMetrics, CallMetricsKey, CreationMetrics, DiskMetrics, EndpointMetrics, LimitMetrics, ProjectMetrics,
};
pub use settings::VcsSettings;
pub use worktree::{Creation, CreationStart, Removal, Worktree, Worktrees};
