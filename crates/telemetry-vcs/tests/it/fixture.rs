//! Telemetry in memory, worktrees and GitHub recorded by it, and the names that the tests read.

use std::ops::Deref;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use telemetry_testkit::{EnteredTelemetry, TestTelemetry};
use telemetry_vcs::{GitHub, GitHubCall, RateLimited, VcsSettings, Worktrees};

/// The names of the contract, of which the tests need one spelling.
pub(crate) const ACTIVE: &str = "agentpane_worktrees_active";
pub(crate) const CREATION: &str = "agentpane_worktree_creation_duration_seconds";
pub(crate) const DISK: &str = "agentpane_worktree_disk_usage_bytes";
pub(crate) const CALLS: &str = "agentpane_github_api_calls_total";
pub(crate) const DURATION: &str = "agentpane_github_api_duration_seconds";
pub(crate) const REMAINING: &str = "agentpane_github_rate_limit_remaining";
pub(crate) const LIMIT: &str = "agentpane_github_rate_limit_limit";
pub(crate) const ERRORS: &str = "agentpane_errors_total";

/// A request of which the tests need one.
pub(crate) const PULL: &str = "https://api.github.com/repos/o/r/pulls/7";
pub(crate) const PULL_TEMPLATE: &str = "/repos/{owner}/{repo}/pulls/{number}";

/// Telemetry in memory for this thread, and what is recorded by it.
pub(crate) struct Fixture {
    pub(crate) github: GitHub,
    pub(crate) worktrees: Worktrees,
    telemetry: EnteredTelemetry,
}

impl Fixture {
    /// Disk use is measured often.
    pub(crate) fn new() -> Self {
        Self::with(VcsSettings { disk_interval: Duration::from_millis(100), ..VcsSettings::default() })
    }

    pub(crate) fn with(settings: VcsSettings) -> Self {
        let telemetry = TestTelemetry::entered();
        let github = GitHub::with_settings(telemetry.meter(), settings.clone()).expect("the settings are good");
        let worktrees = Worktrees::with_settings(telemetry.meter(), settings).expect("the settings are good");
        Self { github, worktrees, telemetry }
    }

    /// A call of GitHub's API, sent with these headers.
    pub(crate) fn call(&self, method: &Method, uri: &'static str, sent: &[(&'static str, &str)]) -> GitHubCall {
        self.github.call(method, &Uri::from_static(uri)).headers(&headers(sent)).start()
    }

    /// A call that is answered so.
    pub(crate) fn answer(&self, status: u16, answered: &[(&'static str, &str)]) -> Option<RateLimited> {
        self.answer_to("", status, answered)
    }

    /// A call by this token that is answered so.
    pub(crate) fn answer_to(&self, token: &str, status: u16, answered: &[(&'static str, &str)]) -> Option<RateLimited> {
        let sent = [("authorization", token)];
        let status = StatusCode::from_u16(status).expect("it is one");
        let sent = if token.is_empty() { &[][..] } else { &sent[..] };
        self.call(&Method::GET, PULL, sent).answered(status, &headers(answered))
    }

    /// The worktrees of a project, if its series is there.
    pub(crate) fn active(&self, project_id: &str) -> Option<f64> {
        self.metrics().value(ACTIVE, &[("project_id", project_id)])
    }

    /// The disk use of a worktree, if its series is there.
    pub(crate) fn disk(&self, worktree_id: &str) -> Option<f64> {
        self.metrics().value(DISK, &[("worktree_id", worktree_id)])
    }
}

impl Deref for Fixture {
    type Target = TestTelemetry;

    fn deref(&self) -> &TestTelemetry {
        &self.telemetry
    }
}

pub(crate) fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let line = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_str(value).expect("it is text"))
    };
    lines.iter().map(line).collect()
}
