//! Buckets that do not rise.

use telemetry_core::{Histogram, Metrics};

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(entity(tool_id))]
struct ToolMetrics {
    /// Latency of the tool
    #[metric(name = "tool_run_seconds", unit = "s", buckets = [0.1, 10.0, 1.0])]
    run: Histogram,
}

fn main() {}
