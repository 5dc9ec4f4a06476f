//! The crate `prometheus`.

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts};
use telemetry_core::Label;

use crate::interleave::Candidate;
use crate::workload::{BYTES, SECONDS, id};

pub(super) fn composite() -> Candidate {
    let execute = histogram("tool_execute_seconds", &SECONDS, &["tool_id", "outcome"]);
    let runs = runs();
    let output = histogram("tool_output_bytes", &BYTES, &["tool_id"]);
    Candidate::new("prometheus, with_label_values", move |sample| {
        let labels = [sample.id, sample.outcome.as_str()];
        execute.with_label_values(&labels).observe(sample.seconds);
        runs.with_label_values(&labels).inc();
        output.with_label_values(&[sample.id]).observe(sample.bytes);
    })
}

pub(super) fn counter() -> Candidate {
    let held = runs().with_label_values(&[id(0), "success"]);
    Candidate::new("prometheus, handle held", move |_| held.inc())
}

pub(crate) fn histogram(name: &str, buckets: &[f64], labels: &[&str]) -> HistogramVec {
    let options = HistogramOpts::new(name, "What it measures").buckets(buckets.to_vec());
    HistogramVec::new(options, labels).expect("name, labels and buckets are sound")
}

fn runs() -> IntCounterVec {
    let options = Opts::new("tool_runs_total", "Tool executions");
    IntCounterVec::new(options, &["tool_id", "outcome"]).expect("name and labels are sound")
}
