//! What operators see of worktrees and of GitHub's API.

use telemetry_core::{Component, ErrorMetrics, Errors};
use telemetry_mixin::model::{Alert, AlertRule, AlertTest, Dashboard, Domain, Mixin, Panel, Severity, Unit, Variable};
use telemetry_mixin::query::{
    Aggregate, Selector, elsewhere, given, increase, max, min, most_fail, promql, quantiles, rate, series, share, sum,
    threshold, top,
};
use telemetry_mixin::runbook;

use crate::metrics::{
    CATALOGUE, CallMetrics, CreationMetrics, DiskMetrics, EndpointMetrics, LimitMetrics, ProjectMetrics,
};

/// The dashboard that alerts name.
const VCS: &str = "vcs";

/// Who acts where worktrees are concerned.
const AGENTS: &str = "agents";

/// Who acts where GitHub is.
const INTEGRATIONS: &str = "integrations";

const PROJECT: [&str; 1] = ["project_id"];

/// The domain of worktrees and GitHub, for the generator. Its alerts read the error catalogue, so the generator needs the
/// metrics of telemetry-core, too.
///
/// ```
/// use telemetry_mixin::model::{Domain, Mixin};
/// use telemetry_mixin::{GeneratorSettings, generate};
///
/// let core = Domain::new("core", telemetry_core::CATALOGUE, Mixin::new());
/// let files = generate(&GeneratorSettings::default(), &[core, telemetry_vcs::mixin::domain()])?;
/// assert!(files.get("deploy/grafana/dashboards/vcs.json").is_some());
/// # Ok::<(), telemetry_mixin::GenerateErrors>(())
/// ```
#[must_use]
pub fn domain() -> Domain {
    Domain::new("vcs", CATALOGUE, mixin())
}

/// Its dashboards and alerts.
#[must_use]
pub fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(infrastructure())
        .dashboard(vcs())
        .alert(github_rate_limit_low())
        .alert(worktree_creation_failed())
        .alert(most_worktree_creations_fail())
}

/// Errors of that code.
fn errors(code: &str) -> Aggregate {
    rate(ErrorMetrics::ERRORS).is("error_code", code)
}

/// This domain's part of the dashboard that several share.
fn infrastructure() -> Dashboard {
    Dashboard::infrastructure().row("External Services").panel(
        Panel::gauge(
            "GitHub Rate Limit",
            "Calls of GitHub's REST API that are left, of the token that has the least left",
            Unit::Short,
            min(LimitMetrics::REMAINING),
        )
        .max(5_000.0)
        .threshold(500.0, "red")
        .threshold(1_000.0, "yellow")
        .threshold(5_000.0, "green")
        .alert("GitHubRateLimitLow")
        .size(8, 8),
    )
}

fn vcs() -> Dashboard {
    Dashboard::new(VCS, "Worktrees & GitHub", "Git worktrees and the disk that they take; GitHub's API and its rate limit")
        .variable(Variable::new("project_id", "Project", series(ProjectMetrics::ACTIVE)))
        .row("Worktrees")
        .panel(Panel::time_series(
            "Active Worktrees",
            "Worktrees that are there, by project",
            Unit::Short,
            sum(ProjectMetrics::ACTIVE).by(PROJECT),
        ))
        .panel(Panel::time_series(
            "Worktree Creation Duration (p50/p95)",
            "How long it took to create a worktree, where that succeeded; the last bucket ends at 300 s",
            Unit::Seconds,
            quantiles([0.5, 0.95], CreationMetrics::CREATION).by(PROJECT),
        ))
        .panel(Panel::time_series(
            "Worktrees Created",
            "Worktrees that were created, by project",
            Unit::per_second("worktrees"),
            rate(CreationMetrics::CREATION).by(PROJECT),
        ))
        .panel(
            Panel::time_series(
                "Worktree Creation Failures",
                "Worktrees that could not be created",
                Unit::per_second("errors"),
                errors(Errors::WORKTREE_CREATION_FAILED).by(["component"]),
            )
            .alert("WorktreeCreationFailed")
            .alert("MostWorktreeCreationsFail"),
        )
        .panel(Panel::time_series(
            "Largest Worktrees",
            "Disk use of the ten worktrees that take the most; one that is too large to be counted wholly shows what was counted",
            Unit::Bytes,
            top(10, max(DiskMetrics::USAGE).by(["worktree_id"])),
        ))
        .panel(Panel::stat(
            "Disk Use of Worktrees",
            "What all active worktrees together take of the disk",
            Unit::Bytes,
            sum(DiskMetrics::USAGE),
        ))
        .row("GitHub API")
        .panel(Panel::stacked_area(
            "GitHub Calls by Status",
            "Calls by the status that GitHub answered; `error` where it did not, `cancelled` where nobody waited",
            Unit::per_second("calls"),
            rate(CallMetrics::CALLS).by(["status"]),
        ))
        .panel(Panel::time_series(
            "GitHub Calls by Endpoint",
            "The ten endpoints that are called most; paths that GitHub does not describe are `_unmatched`",
            Unit::per_second("calls"),
            top(10, rate(CallMetrics::CALLS).by(["endpoint"])),
        ))
        .panel(Panel::time_series(
            "GitHub Call Latency (p95)",
            "95th percentile of the calls that GitHub answered or that failed, by endpoint; the last bucket ends at 10 s",
            Unit::Seconds,
            quantiles([0.95], EndpointMetrics::DURATION).by(["endpoint"]),
        ))
        .panel(
            Panel::time_series(
                "Failed GitHub Calls",
                "Share of the calls that failed, or were answered with a status of 400 or more",
                Unit::Ratio,
                share(rate(CallMetrics::CALLS).matches("status", "4..|5..|error"), rate(CallMetrics::CALLS)),
            )
            .max(1.0),
        )
        .panel(
            Panel::time_series(
                "Unchanged Answers",
                "Share of the calls that were answered with 304, which cost nothing of the rate limit",
                Unit::Ratio,
                share(rate(CallMetrics::CALLS).is("status", "304"), rate(CallMetrics::CALLS)),
            )
            .max(1.0),
        )
        .panel(
            Panel::time_series(
                "GitHub Rate Limit Left",
                "Share of the calls of a window that are left, of the token that has the least left",
                Unit::Ratio,
                share(min(LimitMetrics::REMAINING), min(LimitMetrics::LIMIT)),
            )
            .max(1.0)
            .alert("GitHubRateLimitLow"),
        )
        .panel(
            Panel::time_series(
                "Calls Refused for the Rate Limit",
                "Calls that GitHub refused because too many were made, or too fast",
                Unit::per_second("calls"),
                errors(Errors::GITHUB_RATE_LIMITED).by(["component"]),
            )
            .alert("GitHubRateLimitLow"),
        )
}

fn github_rate_limit_low() -> Alert {
    let left = |instance| given(LimitMetrics::REMAINING, instance);
    Alert::new(
        runbook!("GitHubRateLimitLow"),
        AlertRule {
            when: min(LimitMetrics::REMAINING).below(threshold(500.0)),
            hold: "5m",
            severity: Severity::Warning,
            team: INTEGRATIONS,
            summary: "Few calls of GitHub's API are left",
            description: "{{ $value }} calls of GitHub's API are left until its window ends, the limit being $threshold.",
            dashboard: VCS,
        },
    )
    .test(
        AlertTest::new("one of two instances has used them up", "15m")
            .series(left("a"), "4900x20")
            .series(left("b"), "1200 800 400 300 200 120x20")
            .fires(&[], "120"),
    )
    .test(
        AlertTest::new("one of two services has used them up", "15m")
            .series(left("a"), "120x20")
            .series(elsewhere(LimitMetrics::REMAINING), "4900x20")
            .fires(&[("job", "api")], "120"),
    )
    .test(AlertTest::new("enough are left", "15m").series(left("a"), "4900x20").series(left("b"), "500x20"))
    .test(AlertTest::new("it has to hold for five minutes", "4m").series(left("a"), "100x20"))
    .test(AlertTest::new("the next window has begun", "15m").series(left("a"), "100x10 5000x10"))
}

/// Failed creations of an instance.
fn failed(instance: &str) -> Selector {
    let errors = given(ErrorMetrics::ERRORS, instance).is("error_code", Errors::WORKTREE_CREATION_FAILED);
    errors.only(Component::Worktree)
}

/// Creations of an instance that succeeded.
fn created(instance: &str) -> Selector {
    given(CreationMetrics::CREATION, instance).is("project_id", "board").count()
}

fn worktree_creation_failed() -> Alert {
    Alert::new(
        runbook!("WorktreeCreationFailed"),
        AlertRule {
            when: errors(Errors::WORKTREE_CREATION_FAILED).by(["component"]).above(threshold(0.05)),
            hold: "2m",
            severity: Severity::Warning,
            team: AGENTS,
            summary: "Worktrees cannot be created",
            description: "In component {{ $labels.component }}, {{ $value | printf \"%.2f\" }} worktrees a second cannot be \
                          created, the limit being $threshold.",
            dashboard: VCS,
        },
    )
    .cause("worktree creation")
    .test(
        AlertTest::new("six a minute fail on two instances", "10m")
            .series(failed("a"), "0+3x20")
            .series(failed("b"), "0+3x20")
            .fires(&[("component", "worktree")], "0.10"),
    )
    .test(AlertTest::new("one a minute does", "10m").series(failed("a"), "0+1x20"))
    .test(
        AlertTest::new("other errors are other alerts'", "10m").series(
            given(ErrorMetrics::ERRORS, "a").is("error_code", Errors::GITHUB_RATE_LIMITED).only(Component::Github),
            "0+60x20",
        ),
    )
}

/// The sibling for a platform that creates few of them.
fn most_worktree_creations_fail() -> Alert {
    let failures = || increase(ErrorMetrics::ERRORS).is("error_code", Errors::WORKTREE_CREATION_FAILED);
    // Where none has ever succeeded there is no series of those that did.
    let (failing, succeeding) = (failures(), increase(CreationMetrics::CREATION));
    let attempts = promql(format!("({failing} + ({succeeding} or 0 * {failing}))"));
    Alert::new(
        runbook!("MostWorktreeCreationsFail"),
        AlertRule {
            when: most_fail(failures(), attempts, 2),
            hold: "5m",
            severity: Severity::Warning,
            team: AGENTS,
            summary: "Most worktrees cannot be created",
            description: "{{ $value | humanizePercentage }} of the worktrees that were to be created within $window could not be.",
            dashboard: VCS,
        },
    )
    .window("30m")
    .cause("worktree creation")
    .test(
        AlertTest::new("three of four fail", "40m")
            .series(failed("a"), "0+3x60")
            .series(created("a"), "0+1x60")
            .fires(&[], "75%"),
    )
    .test(
        AlertTest::new("none has ever succeeded", "40m").series(failed("a"), "0+0.2x60").fires(&[], "100%"),
    )
    .test(
        AlertTest::new("all do, beside a service where all is well", "40m")
            .series(failed("a"), "0+1x60")
            .series(created("a"), "0x60")
            .series(elsewhere(CreationMetrics::CREATION).is("project_id", "board").count(), "0+60x60")
            .fires(&[("job", "api")], "100%"),
    )
    .test(AlertTest::new("one in ten fails", "40m").series(failed("a"), "0+1x60").series(created("a"), "0+9x60"))
    .test(AlertTest::new("one failure alone", "40m").series(failed("a"), "0x20 1x40").series(created("a"), "0x60"))
    .test(AlertTest::new("nothing is created", "40m").series(failed("a"), "5x60").series(created("a"), "5x60"))
}
