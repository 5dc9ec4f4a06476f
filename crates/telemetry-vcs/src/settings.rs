//! What holds for all worktrees and calls.

use std::time::Duration;

use telemetry_core::Settings;

/// What holds for all worktrees and for all calls of GitHub's API.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "vcs", env = "TELEMETRY_VCS", title = "Worktrees and GitHub")]
pub struct VcsSettings {
    /// Whether the disk use of active worktrees is measured, by walking through them in the background.
    #[setting(default = true)]
    pub disk_usage: bool,
    /// How long it takes from the end of one measurement of a worktree's disk use to the next. The first one begins when
    /// the worktree is there.
    #[setting(default = "5min", accepts = "100ms"..="24h")]
    pub disk_interval: Duration,
    /// How long one measurement of a worktree's disk use may take. What it has counted until then is reported, and said to
    /// be a part of it.
    #[setting(default = "30s", accepts = "10ms"..="1h")]
    pub disk_timeout: Duration,
    /// How many files and folders of a worktree one measurement counts. What it has counted until then is reported, and
    /// said to be a part of it.
    #[setting(default = 1_000_000, accepts = 1..=100_000_000)]
    pub disk_max_entries: usize,
    /// At which share of a rate limit of GitHub's that is left a warning is logged, once in each of its windows; at `0`
    /// none is.
    #[setting(default = 0.1, accepts = 0.0..=1.0)]
    pub rate_limit_warning: f64,
}
