//! The crate `metrics`, with its exporter for Prometheus.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use telemetry_core::Label;

use crate::interleave::Candidate;
use crate::workload::{BYTES, SECONDS, id};

/// The recorder of the process, of which there is one.
fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let buckets = |metric: &str| Matcher::Full(metric.to_owned());
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(buckets("tool_execute_seconds"), &SECONDS)
            .and_then(|builder| builder.set_buckets_for_metric(buckets("tool_output_bytes"), &BYTES))
            .expect("there are buckets")
            .build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).expect("nobody else sets a recorder");
        handle
    })
}

pub(super) fn composite() -> Candidate {
    let recorder = recorder();
    let candidate = Candidate::new("metrics, macros", |sample| {
        let outcome = sample.outcome.as_str();
        let id = || sample.id.to_owned();
        metrics::histogram!("tool_execute_seconds", "tool_id" => id(), "outcome" => outcome).record(sample.seconds);
        metrics::counter!("tool_runs_total", "tool_id" => id(), "outcome" => outcome).increment(1);
        metrics::histogram!("tool_output_bytes", "tool_id" => id()).record(sample.bytes);
    });
    // It keeps every value of a histogram until then.
    candidate.upkeep(|| recorder.run_upkeep())
}

pub(super) fn counter() -> Candidate {
    let _ = recorder();
    let held = metrics::counter!("tool_runs_total", "tool_id" => id(0), "outcome" => "success");
    Candidate::new("metrics, handle held", move |_| held.increment(1))
}
