//! What is measured of components and of the process.

use telemetry_core::{Catalogue, Gauge, Histogram, Label, Metrics, ObservableCounter, ObservableGauge};

/// Every metric of this crate.
pub const CATALOGUE: Catalogue =
    Catalogue::new(env!("CARGO_PKG_NAME"), &[HealthMetrics::CATALOGUE, ProcessMetrics::CATALOGUE]);

/// What is measured of one component that is checked.
#[derive(Metrics)]
#[metrics(scope = "telemetry.health", entity(component))]
pub struct HealthMetrics {
    /// Health of a component: 1 healthy, 0.5 degraded, 0 unhealthy; component="all" is the whole
    #[metric(name = "agentpane_health_check_status")]
    pub status: Gauge,
    /// What the component is, as its check declares: always 1
    #[metric(name = "agentpane_health_component_info")]
    pub info: Gauge<ComponentKind>,
    /// Health check latency
    #[metric(
        name = "agentpane_health_check_duration_seconds",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0]
    )]
    pub duration: Histogram,
}

/// What is measured of the process.
#[derive(Metrics)]
#[metrics(scope = "telemetry.health", entity())]
pub struct ProcessMetrics {
    /// Process memory
    #[metric(name = "agentpane_process_memory_bytes", unit = "By")]
    pub memory: ObservableGauge<MemoryType>,
    /// CPU time consumed
    #[metric(name = "agentpane_process_cpu_seconds_total", unit = "s")]
    pub cpu: ObservableCounter<CpuMode>,
    /// Open file descriptors
    #[metric(name = "agentpane_process_open_fds")]
    pub open_fds: ObservableGauge,
    /// Open file descriptors that the process may have at most
    #[metric(name = "agentpane_process_max_fds")]
    pub max_fds: ObservableGauge,
    /// Time since the process started
    #[metric(name = "agentpane_process_uptime_seconds", unit = "s")]
    pub uptime: ObservableGauge,
}

/// What a component is, by which alerts tell how bad it is that it fails.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[label(name = "kind")]
pub enum ComponentKind {
    /// A database: without it, nothing is kept.
    Database,
    /// Anything else.
    #[default]
    Other,
}

/// What memory is meant.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "type")]
pub enum MemoryType {
    /// What is in RAM.
    Rss,
    /// The address space.
    Virtual,
    /// What the application has allocated, as its allocator tells.
    HeapUsed,
    /// What the allocator holds, used or not.
    HeapTotal,
    /// What the application holds outside its heap, such as mapped files and buffers of a device.
    External,
}

/// Whose work the CPU time was spent on.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "mode")]
pub enum CpuMode {
    /// The process's own code.
    User,
    /// The kernel, on the process's behalf.
    System,
}
