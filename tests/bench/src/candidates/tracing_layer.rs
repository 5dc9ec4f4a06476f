//! Metrics as fields of `tracing` events.

use telemetry_core::Label;
use tracing::Dispatch;
use tracing_opentelemetry::MetricsLayer;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use crate::interleave::Candidate;
use crate::pipeline;

pub(super) fn composite() -> Candidate {
    let provider = pipeline::provider(|_| None, pipeline::discarding(telemetry_core::Histograms::default()));
    let subscriber = Dispatch::new(Registry::default().with(MetricsLayer::new(provider)));
    Candidate::around(
        "tracing-opentelemetry, MetricsLayer",
        move |run| tracing::dispatcher::with_default(&subscriber, run),
        |sample| {
            let (tool_id, outcome) = (sample.id, sample.outcome.as_str());
            tracing::info!(
                histogram.tool_execute_seconds = sample.seconds,
                monotonic_counter.tool_runs_total = 1_u64,
                tool_id,
                outcome
            );
            tracing::info!(histogram.tool_output_bytes = sample.bytes, tool_id);
        },
    )
}
