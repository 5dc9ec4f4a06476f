//! The layers over `tracing` that make spans and log records, and which events none of them takes.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt, LevelFilter, Targets, filter_fn};
use tracing_subscriber::layer::Filter;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use super::bounded::Bounded;
use super::whole_numbers::{Signed, WholeNumbers};
use crate::export::LOG_TARGET;
use crate::levels::LogLevels;
use crate::trace::{LOGS_ONLY, SPANS_ONLY};

/// The instrumentation scope of spans that come from `tracing`.
const SCOPE: &str = "telemetry.tracing";

/// The crates of the export path. Exporting what they say would make them say more.
pub(super) const EXPORT_PATH: [&str; 6] = ["hyper", "hyper_util", "tonic", "h2", "tower", "reqwest"];

/// Crates whose events hold the requests, results and messages that go through them. What of these is worth knowing, the domain
/// crates say without the content.
pub(super) const TALKATIVE: [&str; 2] = ["rmcp", "tungstenite"];

/// Crates are told apart by their whole name: an application's `tower_http` is not of the export path.
fn is_exported(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    let crate_name = target.split_once("::").map_or(target, |(name, _)| name);
    let left_out = EXPORT_PATH.contains(&crate_name) || TALKATIVE.contains(&crate_name);
    !left_out && !crate_name.starts_with("opentelemetry") && target != LOG_TARGET
}

fn filter<S, F>(levels: &F, wanted: fn(&Metadata<'_>) -> bool) -> impl Filter<S> + Send + Sync + use<S, F>
where
    F: Filter<S> + Clone + Send + Sync,
{
    // Without the hint, the two together would have none, and each disabled event would be asked for.
    FilterExt::<S>::and(levels.clone(), filter_fn(wanted).with_max_level_hint(LevelFilter::TRACE))
}

fn exported_span(metadata: &Metadata<'_>) -> bool {
    is_exported(metadata) && metadata.target() != LOGS_ONLY
}

fn exported_log(metadata: &Metadata<'_>) -> bool {
    is_exported(metadata) && metadata.target() != SPANS_ONLY
}

/// Makes spans of `tracing` spans.
pub(super) fn spans<S>(provider: &SdkTracerProvider, levels: &Targets) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    // Location, thread and idle time would cost more than the span itself, and nobody asked for them.
    let bridge = || {
        tracing_opentelemetry::layer()
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_tracer(provider.tracer(SCOPE))
    };
    let wanted = || filter::<S, _>(levels, exported_span);
    let spans = bridge().with_filter(FilterExt::<S>::and(wanted(), Signed));
    spans.and_then(WholeNumbers::new(bridge()).and_then(Bounded::default()).with_filter(wanted()))
}

/// Makes log records of `tracing` events.
pub(super) fn logs<S>(provider: &SdkLoggerProvider, levels: &LogLevels) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    OpenTelemetryTracingBridge::new(provider).with_filter(filter::<S, _>(levels, exported_log))
}

/// What is printed: what is exported, and what the exporter says of itself at these levels. Fields of spans are shown
/// beside the events within them, also where no span is made.
pub(super) fn printed<S: 'static>(
    events: Option<&LogLevels>,
    of_exporter: LevelFilter,
    spans: &Targets,
) -> impl Filter<S> + Send + Sync + use<S> {
    let none = || LogLevels::of(Targets::new());
    let events = filter::<S, _>(&events.cloned().unwrap_or_else(none), |event| event.is_event() && exported_log(event));
    let diagnostics = Targets::new().with_target(LOG_TARGET, of_exporter);
    let diagnostics = filter::<S, _>(&diagnostics, |event| event.is_event() && event.target() == LOG_TARGET);
    // The level of log records says nothing of the spans that they are in.
    events.or(diagnostics).or(filter::<S, _>(spans, |span| span.is_span() && exported_log(span)))
}

/// A layer of the subscriber, the application's or ours.
pub(super) type OwnLayer = Box<dyn Layer<Registry> + Send + Sync>;
