//! The subscriber of telemetry in memory, and whose events it leaves out.

use std::sync::OnceLock;

use opentelemetry::trace::TracerProvider;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use telemetry_core::trace::{LOGS_ONLY, SPANS_ONLY};
use tracing::Dispatch;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::NoSubscriber;
use tracing_subscriber::Registry;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};

/// Transports and the SDK, whose own events would drown those of the code under test, and what `Telemetry` does not
/// export because it holds content.
const SILENT: [&str; 8] = ["hyper", "hyper_util", "h2", "tonic", "tower", "reqwest", "opentelemetry", "rmcp"];

/// A subscriber that hands spans to the tracer and events to the logger, at every level.
pub(super) fn dispatch(tracers: &SdkTracerProvider, loggers: &SdkLoggerProvider) -> Dispatch {
    keep_callsites_shared();
    let targets =
        Targets::new().with_default(LevelFilter::TRACE).with_targets(SILENT.map(|name| (name, LevelFilter::OFF)));
    let spans = tracing_opentelemetry::layer()
        .with_tracer(tracers.tracer("telemetry-testkit"))
        .with_filter(targets.clone().with_target(LOGS_ONLY, LevelFilter::OFF));
    let logs = OpenTelemetryTracingBridge::new(loggers).with_filter(targets.with_target(SPANS_ONLY, LevelFilter::OFF));
    Dispatch::new(Registry::default().with(spans).with(logs))
}

/// With a single live dispatcher, tracing asks the current thread's default whether a new callsite is of interest, and
/// remembers a thread's "no" for all: another test's thread would switch this test's spans off. A second dispatcher
/// that lives for ever makes tracing ask all of them.
fn keep_callsites_shared() {
    static SECOND: OnceLock<Dispatch> = OnceLock::new();
    SECOND.get_or_init(|| Dispatch::new(NoSubscriber::new()));
}
