//! A group that does not say what it is measured of.

use telemetry_core::{Counter, Metrics};

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(scope = "ui")]
struct ToolMetrics {
    /// Runs of the tool
    #[metric(name = "tool_runs_total")]
    runs: Counter,
}

fn main() {}
