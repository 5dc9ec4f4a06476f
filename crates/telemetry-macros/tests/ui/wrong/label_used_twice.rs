//! Two closed labels of one name.

use telemetry_core::{Counter, Label, Metrics};

#[derive(Label, Clone, Copy)]
#[label(name = "outcome")]
enum Outcome {
    Success,
}

#[derive(Label, Clone, Copy)]
#[label(name = "outcome")]
enum Result {
    Failure,
}

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(entity(tool_id))]
struct ToolMetrics {
    /// Runs of the tool
    #[metric(name = "tool_runs_total")]
    runs: Counter<(Outcome, Result)>,
}

fn main() {}
