//! A metric without a help text.

use telemetry_core::{Counter, Metrics};

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(entity(tool_id))]
struct ToolMetrics {
    #[metric(name = "tool_runs_total")]
    runs: Counter,
}

fn main() {}
