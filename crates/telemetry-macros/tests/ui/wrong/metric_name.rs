//! A name that Prometheus does not take.

use telemetry_core::{Gauge, Metrics};

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(entity(tool_id))]
struct ToolMetrics {
    /// Temperature of the tool
    #[metric(name = "tool-temperature")]
    temperature: Gauge,
}

fn main() {}
