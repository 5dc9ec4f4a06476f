#![doc = include_str!("../README.md")]

mod disk;
mod github;
mod metrics;
#[cfg(feature = "mixin")]
pub mod mixin;
mod settings;
mod worktree;

#[cfg(feature = "reqwest")]
pub use github::GitHubMiddleware;
pub use github::{
    Endpoint, GitHub, GitHubCall, GitHubOperation, GitHubStart, LimitKind, RateLimit, RateLimited, Resource, UNMATCHED,
};
#[cfg(feature = "tower")]
pub use github::{GitHubFuture, GitHubLayer, GitHubService};
pub use metrics::CATALOGUE;
#[doc(hidden)]
pub use metrics::{
    CallMetrics, CallMetricsKey, CreationMetrics, DiskMetrics, EndpointMetrics, LimitMetrics, ProjectMetrics,
};
pub use settings::VcsSettings;
pub use worktree::{Creation, CreationStart, Removal, Worktree, Worktrees};
