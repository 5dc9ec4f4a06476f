//! The lifecycle without anything global: telemetry that is built, and a subscriber for this thread alone.

mod export;

use std::time::Duration;

use telemetry_core::{Counter, Label, Metrics, Single, Telemetry, TelemetryBuilder};
use telemetry_testkit::OtlpSink;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt;

/// The limit of waiting for what takes milliseconds.
const SOON: Duration = Duration::from_secs(20);

#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
enum Outcome {
    Success,
    Error,
}

/// What the tests measure.
#[derive(Metrics)]
#[metrics(scope = "test", entity())]
struct Work {
    /// Units of work
    #[metric(name = "work_done_total")]
    done: Counter<Outcome>,
}

/// Telemetry towards a sink that exports at once and gives up soon.
fn towards(sink: &OtlpSink) -> TelemetryBuilder {
    Telemetry::builder("lifecycle-test").endpoint(sink.endpoint()).metric_interval(SOON).settings(|settings| {
        settings.batch.spans.schedule_delay = Some(Duration::from_millis(20));
        settings.batch.logs.schedule_delay = Some(Duration::from_millis(20));
        settings.otlp.retry_max_delay = Some(Duration::from_millis(50));
    })
}

/// Sends this thread's spans and events to the telemetry.
fn listen(telemetry: &Telemetry) -> DefaultGuard {
    tracing::subscriber::set_default(tracing_subscriber::registry().with(telemetry.layer()))
}

/// One counted unit of work, one span, and one event in it.
fn work(telemetry: &Telemetry) {
    let work: Single<Work> = Single::new(telemetry.meter());
    work.done.at(Outcome::Success).add(1);
    tracing::info_span!("work").in_scope(|| tracing::info!("worked"));
}
