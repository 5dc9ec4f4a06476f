//! What operators see of health and process.

mod alerts;
mod names;
mod presence;

use telemetry_mixin::model::{Dashboard, Domain, Mixin, Panel, Unit};
use telemetry_mixin::query::{min, quantiles, rate, sum};

use self::names::WHOLE;
use crate::CATALOGUE;
use crate::metrics::{HealthMetrics, MemoryType, ProcessMetrics};

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

/// Its dashboards, rules and alerts.
#[must_use]
pub fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(service_health())
        .dashboard(process_metrics())
        .rules(presence::rules())
        .alert(presence::down())
        .alert(presence::replica_missing())
        .alert(alerts::database_unhealthy())
        .alert(alerts::component_unhealthy())
        .alert(alerts::component_degraded())
        .alert(alerts::file_descriptors_near_limit())
        .alert(alerts::watchdog())
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
            .alert("AgentPaneDown")
            .alert("AgentPaneReplicaMissing"),
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
