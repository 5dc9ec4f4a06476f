//! A live entity of a group that has nothing to observe.

use telemetry_core::{Counter, Family, Meter, Metrics};

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(entity(tool_id))]
struct ToolMetrics {
    /// Runs of the tool
    #[metric(name = "tool_runs_total")]
    runs: Counter,
}

fn main() {
    let tools = Family::<ToolMetrics>::new(&Meter::noop());
    tools.live("t").runs.add(1);
}
