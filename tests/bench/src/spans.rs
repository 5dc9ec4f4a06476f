//! What a guard costs whose span is not sampled.

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::{Sampler as SdkSampler, SdkTracerProvider};
use telemetry_core::trace::{ActiveSpan, Sampling, scoped};
use telemetry_runtime::Tools;
use tracing::Dispatch;
use tracing::field::Empty;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use crate::candidates::ours;
use crate::interleave::Candidate;

/// What the guards are compared with.
pub(crate) const PLAIN: &str = "info_span! through tracing-opentelemetry";

/// What a guard does to have a span.
pub(crate) const GUARD: &str = "telemetry-core's span of a guard";

/// A whole guard of a domain crate.
pub(crate) const TOOL_RUN: &str = "telemetry-runtime's whole tool run: span, clock, metrics";

/// All of them under one subscriber whose tracer samples nothing.
pub(crate) fn candidates() -> Vec<Candidate> {
    let provider = SdkTracerProvider::builder().with_sampler(SdkSampler::AlwaysOff).build();
    let bridge = tracing_opentelemetry::layer().with_tracer(provider.tracer("bench"));
    let subscriber = Dispatch::new(Registry::default().with(bridge));
    let plain = subscriber.clone();
    let within = move || {
        let subscriber = subscriber.clone();
        move |run: &mut dyn FnMut()| {
            let _sampling = scoped(Sampling::ParentBasedAlwaysOff);
            tracing::dispatcher::with_default(&subscriber, run);
        }
    };
    let tools = Tools::new(&ours::meter());
    vec![
        Candidate::around(
            PLAIN,
            move |run| tracing::dispatcher::with_default(&plain, run),
            |sample| drop(std::hint::black_box(span(sample.id))),
        ),
        Candidate::around(GUARD, within(), |sample| {
            drop(std::hint::black_box(ActiveSpan::start(|| span(sample.id))));
        }),
        Candidate::around(TOOL_RUN, within(), move |sample| tools.start(sample.id).succeed()),
    ]
}

/// With the fields that a tool run's span has.
fn span(tool_id: &str) -> tracing::Span {
    tracing::info_span!(
        "runtime.execute_tool",
        tool_id,
        timeout_ms = Empty,
        exit_code = Empty,
        signal = Empty,
        output_bytes = Empty,
        outcome = Empty,
        error_kind = Empty
    )
}
