//! A unit that Prometheus would append to the name.

use telemetry_core::{Gauge, Metrics};

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(entity(tool_id))]
struct ToolMetrics {
    /// Cost of the tool
    #[metric(name = "tool_cost", unit = "USD")]
    cost: Gauge,
    /// Time since the tool was last used
    #[metric(name = "tool_idle", unit = "s")]
    idle: Gauge,
}

fn main() {}
