//! The platform's own metrics.

use telemetry_core::{Catalogue, Counter, Gauge, Label, Metrics, UpDownCounter};

/// The platform's own metrics.
pub const CATALOGUE: Catalogue =
    Catalogue::new(env!("CARGO_PKG_NAME"), &[PlatformMetrics::CATALOGUE, PluginMetrics::CATALOGUE]);

/// What is measured of the platform as a whole.
#[derive(Metrics)]
#[metrics(scope = "agent.platform", entity())]
pub(crate) struct PlatformMetrics {
    /// Operations that the platform took on
    #[metric(name = "platform_operations_total")]
    pub(crate) operations: Counter<Operation>,
    /// Operations under way
    #[metric(name = "platform_operations_active")]
    pub(crate) active: UpDownCounter,
    /// Share of the platform's capacity that is in use
    #[metric(name = "platform_pressure")]
    pub(crate) pressure: Gauge,
}

/// What is measured of one plugin. Plugins are named by users, so there may be any number.
#[derive(Metrics)]
#[metrics(scope = "agent.platform", entity(plugin(max = 20)))]
pub(crate) struct PluginMetrics {
    /// Calls of plugins
    #[metric(name = "platform_plugin_calls_total")]
    pub(crate) calls: Counter,
}

/// What the platform does for a caller.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "operation")]
pub(crate) enum Operation {
    /// Executes a task while the caller waits.
    Task,
    /// Starts a task.
    TaskStart,
    /// Executes an agent while the caller waits.
    Agent,
    /// Starts an agent.
    AgentStart,
    /// Runs a workflow while the caller waits.
    Workflow,
}
