//! A counter whose name does not end in `_total`.

use telemetry_core::{Counter, Metrics};

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(entity(tool_id))]
struct ToolMetrics {
    /// Runs of the tool
    #[metric(name = "tool_runs")]
    runs: Counter,
}

fn main() {}
