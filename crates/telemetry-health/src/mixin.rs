//! What operators see of health and process.

use telemetry_mixin::model::{Alert, AlertRule, AlertTest, Dashboard, Domain, Mixin, Panel, Severity, Unit};
use telemetry_mixin::query::{given, max, min, promql, quantiles, rate, series, sum, threshold};
use telemetry_mixin::runbook;

use crate::CATALOGUE;
use crate::metrics::{HealthMetrics, MemoryType, ProcessMetrics};

/// The dashboards that alerts name.
const OVERVIEW: &str = "overview";
const INFRASTRUCTURE: &str = "infrastructure";

/// Who acts on this domain's alerts.
const TEAM: &str = "platform";

/// The component that stands for the service as a whole.
const WHOLE: &str = "all";

/// The names that databases are checked under: they have an alert of their own.
const DATABASES: &str = "database|db|pglite|sqlite|postgres";

/// The health domain, for the generator.
///
/// ```
/// use telemetry_mixin::{GeneratorSettings, generate};
///
/// let files = generate(&GeneratorSettings::default(), &[telemetry_health::mixin::domain()])?;
/// assert!(files.get("deploy/prometheus/rules/health.yaml").is_some());
/// # Ok::<(), telemetry_mixin::GenerateErrors>(())
/// ```
#[must_use]
pub fn domain() -> Domain {
    Domain::new("health", CATALOGUE, mixin())
}

/// Its dashboards and alerts.
#[must_use]
pub fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(service_health())
        .dashboard(process_metrics())
        .alert(down())
        .alert(database_unhealthy())
        .alert(component_unhealthy())
        .alert(component_degraded())
        .alert(file_descriptors_near_limit())
        .alert(watchdog())
}

fn service_health() -> Dashboard {
    Dashboard::overview()
        .row("Service Health")
        .panel(
            Panel::stat(
                "Health Status",
                "Health of the service as a whole, the worst of all instances: 1 healthy, 0.5 degraded, 0 unhealthy",
                Unit::Short,
                min(HealthMetrics::STATUS).is("component", WHOLE),
            )
            .max(1.0)
            .threshold(0.0, "red")
            .threshold(0.5, "yellow")
            .threshold(1.0, "green")
            .alert("AgentPaneDown"),
        )
        .panel(
            Panel::stat(
                "Uptime",
                "Time since the instance started that started last: a drop is a restart",
                Unit::Seconds,
                min(ProcessMetrics::UPTIME),
            )
            .alert("AgentPaneDown"),
        )
        .panel(
            Panel::event_timeline(
                "Component Health",
                "Health of each component, the worst of all instances: 1 healthy, 0.5 degraded, 0 unhealthy",
                Unit::Short,
                min(HealthMetrics::STATUS).is_not("component", WHOLE).by(["component"]),
            )
            .max(1.0)
            .threshold(0.0, "red")
            .threshold(0.5, "yellow")
            .threshold(1.0, "green")
            .alert("DatabaseUnhealthy")
            .alert("ComponentUnhealthy")
            .alert("ComponentDegraded"),
        )
        .panel(Panel::time_series(
            "Health Check Latency (p95)",
            "95th percentile of how long checks take, by component; one that hangs takes its whole timeout",
            Unit::Seconds,
            quantiles([0.95], HealthMetrics::DURATION).by(["component"]),
        ))
}

fn process_metrics() -> Dashboard {
    Dashboard::infrastructure()
        .row("Process Metrics")
        .panel(
            Panel::gauge(
                "Memory Usage",
                "Memory of all instances, by type; a type that platform and allocator do not tell is not there",
                Unit::Bytes,
                sum(ProcessMetrics::MEMORY).by(["type"]),
            )
            .size(8, 8),
        )
        .panel(
            Panel::time_series(
                "CPU Usage",
                "CPU time per second, all instances together: 100 % is one core",
                Unit::Ratio,
                rate(ProcessMetrics::CPU).by(["mode"]),
            )
            .size(10, 8),
        )
        .panel(
            Panel::stat(
                "Open File Descriptors",
                "Open files, sockets and pipes of all instances",
                Unit::Short,
                sum(ProcessMetrics::OPEN_FDS),
            )
            .alert("FileDescriptorsNearLimit")
            .size(6, 8),
        )
        .panel(Panel::time_series(
            "Memory by Instance",
            "Memory in RAM, by instance",
            Unit::Bytes,
            sum(ProcessMetrics::MEMORY).only(MemoryType::Rss).by(["instance"]),
        ))
        .panel(
            Panel::time_series(
                "Open File Descriptors by Instance",
                "Open files, sockets and pipes, by instance",
                Unit::Short,
                sum(ProcessMetrics::OPEN_FDS).by(["instance"]),
            )
            .alert("FileDescriptorsNearLimit"),
        )
}

fn down() -> Alert {
    let beat = |instance| given(ProcessMetrics::UPTIME, instance);
    let up = || given("up", "a");
    // The collector goes on telling the last value of a process that has gone, so a heartbeat is one that changes.
    let heartbeat = series(ProcessMetrics::UPTIME);
    let was_there = format!("count by (job) (changes({heartbeat}[1h]) > 0)");
    let is_there = format!("count by (job) (changes({heartbeat}[$window]) > 0)");
    Alert::new(
        runbook!("AgentPaneDown"),
        AlertRule {
            when: promql(format!(
                "({was_there} > 0 unless {is_there}) or (count by (job) (up == 0) > 0 and on (job) {was_there})"
            )),
            hold: "1m",
            severity: Severity::Critical,
            team: TEAM,
            summary: "AgentPane is down",
            description: "Job {{ $labels.job }} was there within the last hour, and has given no sign of life for $window \
                          or does not answer its scrapes.",
            dashboard: OVERVIEW,
        },
    )
    .window("90s")
    .of_absence()
    .cause("down")
    .test(
        AlertTest::new("the only instance goes silent", "15m")
            .series(beat("a"), "0+60x10 _x10")
            .fires(&[("job", "api")], ""),
    )
    .test(
        AlertTest::new("the collector repeats the last value", "15m")
            .series(beat("a"), "0+60x10 600x10")
            .fires(&[("job", "api")], ""),
    )
    .test(
        AlertTest::new("it does not answer its scrapes", "15m")
            .series(beat("a"), "0+60x10 _x10")
            .series(up(), "1x10 0x10")
            .fires(&[("job", "api")], ""),
    )
    .test(
        AlertTest::new("one of two instances does not answer its scrapes", "15m")
            .series(beat("a"), "0+60x10 _x10")
            .series(beat("b"), "0+60x20")
            .series(up(), "1x10 0x10")
            .fires(&[("job", "api")], ""),
    )
    .test(AlertTest::new("it beats", "15m").series(beat("a"), "0+60x20").series(up(), "1x20"))
    .test(AlertTest::new("it restarts", "15m").series(beat("a"), "0+60x10 0+60x10"))
    .test(
        AlertTest::new("one of two pushing instances goes", "15m")
            .series(beat("a"), "0+60x10 _x10")
            .series(beat("b"), "0+60x20"),
    )
    .test(AlertTest::new("something else does not answer its scrapes", "15m").series(up(), "0x20"))
    .test(AlertTest::new("it went more than an hour ago", "80m").series(beat("a"), "0+60x10 _x90"))
}

fn database_unhealthy() -> Alert {
    let status = |component, instance| given(HealthMetrics::STATUS, instance).is("component", component);
    Alert::new(
        runbook!("DatabaseUnhealthy"),
        AlertRule {
            when: min(HealthMetrics::STATUS).matches("component", DATABASES).by(["component"]).equal_to(0.0),
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
            .series(status("postgres", "a"), "1x3 0x10")
            .series(status("postgres", "b"), "1x20")
            .fires(&[("component", "postgres")], ""),
    )
    .test(AlertTest::new("it is degraded", "10m").series(status("postgres", "a"), "0.5x20"))
    .test(AlertTest::new("another component is unhealthy", "10m").series(status("filesystem", "a"), "0x20"))
}

fn component_unhealthy() -> Alert {
    let status = |component, instance| given(HealthMetrics::STATUS, instance).is("component", component);
    let others = min(HealthMetrics::STATUS).matches_not("component", &format!("{WHOLE}|{DATABASES}"));
    Alert::new(
        runbook!("ComponentUnhealthy"),
        AlertRule {
            when: others.by(["job", "component"]).equal_to(0.0),
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
            .series(status("filesystem", "a"), "1x3 0x10")
            .series(status("filesystem", "b"), "1x20")
            .fires(&[("job", "api"), ("component", "filesystem")], ""),
    )
    .test(AlertTest::new("it recovers within two minutes", "10m").series(status("filesystem", "a"), "1x8 0 1x10"))
    .test(
        AlertTest::new("a database, and with it the whole, is unhealthy, which has its own alert", "10m")
            .series(status("db", "a"), "0x20")
            .series(status(WHOLE, "a"), "0x20"),
    )
}

fn component_degraded() -> Alert {
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

fn file_descriptors_near_limit() -> Alert {
    let open = |instance| given(ProcessMetrics::OPEN_FDS, instance);
    Alert::new(
        runbook!("FileDescriptorsNearLimit"),
        AlertRule {
            when: max(ProcessMetrics::OPEN_FDS).by(["job", "instance"]).above(threshold(800.0)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A process has nearly as many open files as it may",
            description: "Instance {{ $labels.instance }} of job {{ $labels.job }} has {{ $value }} open file \
                          descriptors, more than $threshold.",
            dashboard: INFRASTRUCTURE,
        },
    )
    .test(
        AlertTest::new("one of two instances leaks", "30m")
            .series(open("a"), "100+50x40")
            .series(open("b"), "100x40")
            .fires(&[("job", "api"), ("instance", "a")], "1600"),
    )
    .test(AlertTest::new("instances are not added up", "30m").series(open("a"), "500x40").series(open("b"), "500x40"))
}

fn watchdog() -> Alert {
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
