//! opentelemetry itself: with attributes at each call, and with bound handles.

use opentelemetry::KeyValue;
use opentelemetry::metrics::{BoundCounter, BoundHistogram, Counter, Histogram, Meter, MeterProvider};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use telemetry_core::{Histograms, Label};

use super::names::BOUND;
use crate::interleave::Candidate;
use crate::pipeline;
use crate::workload::{BYTES, Outcome, SECONDS, TOOLS, id};

/// A meter whose provider lasts as long as the process, as an application's does.
fn meter() -> Meter {
    let provider: &SdkMeterProvider =
        Box::leak(Box::new(pipeline::provider(|_| None, pipeline::discarding(Histograms::default()))));
    provider.meter("bench")
}

struct Instruments {
    execute: Histogram<f64>,
    runs: Counter<u64>,
    output: Histogram<f64>,
}

impl Instruments {
    fn new() -> Self {
        let meter = meter();
        Self {
            execute: meter.f64_histogram("tool_execute_seconds").with_boundaries(SECONDS.to_vec()).build(),
            runs: meter.u64_counter("tool_runs_total").build(),
            output: meter.f64_histogram("tool_output_bytes").with_boundaries(BYTES.to_vec()).build(),
        }
    }
}

/// As it is ordinarily written: the attributes are made for each call.
pub(super) fn composite() -> Candidate {
    let instruments = Instruments::new();
    Candidate::new("opentelemetry, attributes each call", move |sample| {
        let tool_id = || KeyValue::new("tool_id", sample.id.to_owned());
        let attributes = [tool_id(), KeyValue::new("outcome", sample.outcome.as_str())];
        instruments.execute.record(sample.seconds, &attributes);
        instruments.runs.add(1, &attributes);
        instruments.output.record(sample.bytes, &[tool_id()]);
    })
}

/// The handles of one tool.
struct Bound {
    execute: Vec<BoundHistogram<f64>>,
    runs: Vec<BoundCounter<u64>>,
    output: BoundHistogram<f64>,
}

impl Bound {
    fn new(instruments: &Instruments, tool: usize) -> Self {
        let tool_id = || KeyValue::new("tool_id", id(tool));
        let attributes: Vec<[KeyValue; 2]> =
            Outcome::VALUES.iter().map(|&outcome| [tool_id(), KeyValue::new("outcome", outcome)]).collect();
        Self {
            execute: attributes.iter().map(|attributes| instruments.execute.bind(attributes)).collect(),
            runs: attributes.iter().map(|attributes| instruments.runs.bind(attributes)).collect(),
            output: instruments.output.bind(&[tool_id()]),
        }
    }
}

pub(super) fn bound_composite() -> Candidate {
    let instruments = Instruments::new();
    let tools: Vec<Bound> = (0..TOOLS).map(|tool| Bound::new(&instruments, tool)).collect();
    Candidate::new(BOUND, move |sample| {
        let (tool, outcome) = (&tools[sample.tool], sample.outcome.index());
        tool.execute[outcome].record(sample.seconds);
        tool.runs[outcome].add(1);
        tool.output.record(sample.bytes);
    })
}

pub(super) fn bound_counter() -> Candidate {
    let instruments = Instruments::new();
    let held = instruments.runs.bind(&[KeyValue::new("tool_id", id(0)), KeyValue::new("outcome", "success")]);
    Candidate::new(BOUND, move |_| {
        held.add(1);
    })
}
