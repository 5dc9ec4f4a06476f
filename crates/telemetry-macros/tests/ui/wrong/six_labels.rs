//! More labels than a metric may have.

use telemetry_core::{Counter, Label, Metrics};

#[derive(Label, Clone, Copy)]
#[label(name = "outcome")]
enum Outcome {
    Success,
}

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(entity(tool_id, server_id, provider, model, region))]
struct ToolMetrics {
    /// Runs of the tool
    #[metric(name = "tool_runs_total")]
    runs: Counter<Outcome>,
}

fn main() {}
