//! A histogram without buckets.

use telemetry_core::{Histogram, Metrics};

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(entity(tool_id))]
struct ToolMetrics {
    /// Latency of the tool
    #[metric(name = "tool_run_seconds", unit = "s")]
    run: Histogram,
}

fn main() {}
