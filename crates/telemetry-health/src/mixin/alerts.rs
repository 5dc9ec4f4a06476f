//! The alerts on components and on what a process uses, and the one that always fires.

use telemetry_mixin::model::{Alert, AlertRule, AlertTest, Severity};
use telemetry_mixin::query::{Selector, elsewhere, given, max, min, promql, series, threshold};
use telemetry_mixin::runbook;

use super::names::{INFRASTRUCTURE, OVERVIEW, TEAM, WHOLE};
use crate::metrics::{ComponentKind, HealthMetrics, ProcessMetrics};

/// What databases are called by applications that declare nothing of their components.
const DATABASES: &str = "database|db|pglite|sqlite|postgres";

/// What tells a component of one instance from all others.
const EACH: &str = "on (job, instance, component)";

/// The states of all components.
fn states() -> Selector {
    series(HealthMetrics::STATUS).is_not("component", WHOLE)
}

/// The states of those that are databases, as the application declares.
fn databases() -> String {
    let declared = series(HealthMetrics::INFO);
    let named = series(HealthMetrics::STATUS).matches("component", DATABASES);
    let are = declared.clone().only(ComponentKind::Database);
    format!("({} and {EACH} {are}) or ({named} unless {EACH} {declared})", states())
}

/// A component's state at an instance.
fn state(component: &str, instance: &str) -> Selector {
    given(HealthMetrics::STATUS, instance).is("component", component)
}

/// What a component of an instance is.
fn info(component: &str, instance: &str, kind: ComponentKind) -> Selector {
    given(HealthMetrics::INFO, instance).is("component", component).only(kind)
}

pub(super) fn database_unhealthy() -> Alert {
    let is_database = |instance| info("tasks", instance, ComponentKind::Database);
    Alert::new(
        runbook!("DatabaseUnhealthy"),
        AlertRule {
            when: promql(format!("min by (component) ({})", databases())).equal_to(0.0),
            hold: "30s",
            severity: Severity::Critical,
            team: TEAM,
            summary: "A database fails its health check",
            description: "Database {{ $labels.component }} is unhealthy for at least one instance.",
            dashboard: OVERVIEW,
        },
    )
    .test(
        AlertTest::new("one of two instances does not reach it", "10m")
            .series(state("tasks", "a"), "1x3 0x10")
            .series(is_database("a"), "1x20")
            .series(state("tasks", "b"), "1x20")
            .series(is_database("b"), "1x20")
            .fires(&[("component", "tasks")], ""),
    )
    .test(
        AlertTest::new("another service reaches its own of the same name", "10m")
            .series(state("tasks", "a"), "0x20")
            .series(is_database("a"), "1x20")
            .series(elsewhere(HealthMetrics::STATUS).is("component", "tasks"), "1x20")
            .series(elsewhere(HealthMetrics::INFO).is("component", "tasks").only(ComponentKind::Database), "1x20")
            .fires(&[("job", "api"), ("component", "tasks")], ""),
    )
    .test(
        AlertTest::new("it is degraded", "10m").series(state("tasks", "a"), "0.5x20").series(is_database("a"), "1x20"),
    )
    .test(
        AlertTest::new("what is called like one and is none is unhealthy", "10m")
            .series(state("database", "a"), "0x20")
            .series(info("database", "a", ComponentKind::Other), "1x20"),
    )
    .test(
        AlertTest::new("the application declares nothing, and calls it a database", "10m")
            .series(state("postgres", "a"), "0x20")
            .fires(&[("component", "postgres")], ""),
    )
    .test(AlertTest::new("nothing is checked", "10m").series(is_database("a"), "1x20"))
}

pub(super) fn component_unhealthy() -> Alert {
    Alert::new(
        runbook!("ComponentUnhealthy"),
        AlertRule {
            when: promql(format!("min by (job, component) ({} unless {EACH} ({}))", states(), databases())).equal_to(0.0),
            hold: "2m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A component fails its health check",
            description: "Component {{ $labels.component }} of job {{ $labels.job }} is unhealthy for at least one instance.",
            dashboard: OVERVIEW,
        },
    )
    .test(
        AlertTest::new("one of two instances does not reach it", "10m")
            .series(state("filesystem", "a"), "1x3 0x10")
            .series(info("filesystem", "a", ComponentKind::Other), "1x20")
            .series(state("filesystem", "b"), "1x20")
            .fires(&[("job", "api"), ("component", "filesystem")], ""),
    )
    .test(AlertTest::new("it recovers within two minutes", "10m").series(state("filesystem", "a"), "1x8 0 1x10"))
    .test(
        AlertTest::new("a database, and with it the whole, is unhealthy, which has its own alert", "10m")
            .series(state("tasks", "a"), "0x20")
            .series(info("tasks", "a", ComponentKind::Database), "1x20")
            .series(state(WHOLE, "a"), "0x20"),
    )
}

pub(super) fn component_degraded() -> Alert {
    let status = |component| given(HealthMetrics::STATUS, "a").is("component", component);
    Alert::new(
        runbook!("ComponentDegraded"),
        AlertRule {
            when: min(HealthMetrics::STATUS).is_not("component", WHOLE).by(["job", "component"]).equal_to(0.5),
            hold: "15m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A component is degraded",
            description: "Component {{ $labels.component }} of job {{ $labels.job }} does its work in part, or not for \
                          much longer.",
            dashboard: OVERVIEW,
        },
    )
    .test(
        AlertTest::new("little is left of GitHub's rate limit", "30m")
            .series(status("github"), "1x5 0.5x40")
            .fires(&[("job", "api"), ("component", "github")], ""),
    )
    .test(AlertTest::new("for ten minutes only", "30m").series(status("github"), "1x10 0.5x10 1x20"))
    .test(AlertTest::new("an unhealthy one has its own alert", "30m").series(status("github"), "0x40"))
}

pub(super) fn file_descriptors_near_limit() -> Alert {
    let open = |instance| given(ProcessMetrics::OPEN_FDS, instance);
    let limit = |instance| given(ProcessMetrics::MAX_FDS, instance);
    let by = ["job", "instance"];
    Alert::new(
        runbook!("FileDescriptorsNearLimit"),
        AlertRule {
            when: (max(ProcessMetrics::OPEN_FDS).by(by) / max(ProcessMetrics::MAX_FDS).by(by)).above(threshold(0.8)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A process has nearly as many open files as it may",
            description: "Instance {{ $labels.instance }} of job {{ $labels.job }} has opened {{ $value | humanizePercentage }} of \
                          the file descriptors that it may have.",
            dashboard: INFRASTRUCTURE,
        },
    )
    .test(
        AlertTest::new("one of two instances leaks", "30m")
            .series(open("a"), "100+30x40")
            .series(limit("a"), "1024x40")
            .series(open("b"), "100x40")
            .series(limit("b"), "1024x40")
            .fires(&[("job", "api"), ("instance", "a")], "97.66%"),
    )
    .test(
        AlertTest::new("a thousand of a million, and of each of two instances as many as it may", "30m")
            .series(open("a"), "1000x40")
            .series(limit("a"), "1048576x40")
            .series(open("b"), "819x40")
            .series(limit("b"), "1024x40"),
    )
    .test(AlertTest::new("there is no limit", "30m").series(open("a"), "100000x40"))
}

pub(super) fn watchdog() -> Alert {
    Alert::new(
        runbook!("Watchdog"),
        AlertRule {
            when: promql("vector(1)"),
            hold: "1m",
            severity: Severity::Info,
            team: TEAM,
            summary: "Alerts are evaluated and delivered",
            description: "This alert always fires. Where it stops to arrive, no other alert arrives either.",
            dashboard: OVERVIEW,
        },
    )
    .test(AlertTest::new("it fires whatever happens", "5m").fires(&[], ""))
    .test(AlertTest::new("it has to hold like any other", "0m"))
}
