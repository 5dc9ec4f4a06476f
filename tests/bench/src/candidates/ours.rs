//! This workspace: by look-up, and with an entity held.

use std::sync::Arc;

use telemetry_core::{Counter, Family, Histogram, Histograms, Meter, MeterSettings, Metrics};

use super::names::{OURS, OURS_HELD};
use crate::interleave::Candidate;
use crate::pipeline;
use crate::workload::{Outcome, TOOLS, id};

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(scope = "telemetry.bench", entity(tool_id))]
struct ToolMetrics {
    /// Latency of tool executions
    #[metric(
        name = "tool_execute_seconds",
        unit = "s",
        buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0]
    )]
    execute: Histogram<Outcome>,
    /// Tool executions by their end
    #[metric(name = "tool_runs_total")]
    runs: Counter<Outcome>,
    /// Size of tool outputs
    #[metric(name = "tool_output_bytes", unit = "By", buckets = [100.0, 1e3, 1e4, 1e5, 1e6, 1e7])]
    output: Histogram,
}

/// A meter as an application has it.
pub(crate) fn meter() -> Meter {
    let settings = MeterSettings::default();
    let histograms = Histograms::default();
    let provider = pipeline::provider(settings.view(), pipeline::discarding(histograms.clone()));
    Meter::with_histograms(provider, settings, &histograms).expect("the settings are in range")
}

fn tools() -> Family<ToolMetrics> {
    Family::new(&meter())
}

pub(super) fn composite() -> Candidate {
    let tools = tools();
    Candidate::new(OURS, move |sample| {
        let tool = tools.get(sample.id);
        tool.execute.at(sample.outcome).record(sample.seconds);
        tool.runs.at(sample.outcome).add(1);
        tool.output.record(sample.bytes);
    })
}

pub(super) fn held_composite() -> Candidate {
    let tools = tools();
    let held: Vec<Arc<ToolMetrics>> = (0..TOOLS).map(|tool| Arc::clone(tools.get(id(tool)))).collect();
    Candidate::new(OURS_HELD, move |sample| {
        let tool = &held[sample.tool];
        tool.execute.at(sample.outcome).record(sample.seconds);
        tool.runs.at(sample.outcome).add(1);
        tool.output.record(sample.bytes);
    })
}

pub(super) fn counter() -> Candidate {
    let tools = tools();
    let held = Arc::clone(tools.get(id(0)));
    Candidate::new(OURS_HELD, move |_| {
        held.runs.at(Outcome::Success).add(1);
    })
}
