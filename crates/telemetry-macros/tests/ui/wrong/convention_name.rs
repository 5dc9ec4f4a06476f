//! A metric of the semantic conventions whose name is not joined by dots as theirs are.

use telemetry_core::{Gauge, Metrics};

/// What the semantic conventions measure of one tool.
#[derive(Metrics)]
#[metrics(convention, entity(tool(name = "tool.name")))]
struct ToolMetrics {
    /// Temperature of the tool
    #[metric(name = "tool_temperature")]
    temperature: Gauge,
}

fn main() {}
