//! Telemetry towards a sink, and the work that the tests measure with it.

use std::time::Duration;

use telemetry_core::{Counter, Label, Metrics, Single, Telemetry, TelemetryBuilder};
use telemetry_testkit::OtlpSink;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt;

/// The limit of waiting for what takes milliseconds, or seconds on a busy machine.
pub(super) const SOON: Duration = Duration::from_secs(60);
/// Longer than any test.
pub(super) const NEVER: Duration = Duration::from_secs(3600);

#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
pub(super) enum Outcome {
    Success,
    Error,
}

/// What the tests measure.
#[derive(Metrics)]
#[metrics(scope = "test", entity())]
pub(super) struct Work {
    /// Units of work
    #[metric(name = "work_done_total")]
    pub(super) done: Counter<Outcome>,
}

/// Telemetry towards a collector. It exports spans and log records at once, metrics only when told, and retries often.
pub(super) fn towards(endpoint: String) -> TelemetryBuilder {
    Telemetry::builder("lifecycle-test").endpoint(endpoint).metric_interval(NEVER).settings(|settings| {
        settings.batch.spans.schedule_delay = Some(Duration::from_millis(20));
        settings.batch.logs.schedule_delay = Some(Duration::from_millis(20));
        settings.otlp.retry_max_delay = Some(Duration::from_millis(50));
    })
}

pub(super) fn start(sink: &OtlpSink) -> Telemetry {
    towards(sink.endpoint()).build().expect("the settings are good")
}

/// Sends this thread's spans and events to the telemetry.
pub(super) fn listen(telemetry: &Telemetry) -> DefaultGuard {
    tracing::subscriber::set_default(tracing_subscriber::registry().with(telemetry.layer()))
}

/// So many counted units of work, each with a span and an event in it.
pub(super) fn work(telemetry: &Telemetry, units: usize) {
    let _listening = listen(telemetry);
    let work: Single<Work> = Single::new(telemetry.meter());
    for unit in 0..units {
        let outcome = if unit % 10 == 9 { Outcome::Error } else { Outcome::Success };
        work.done.at(outcome).add(1);
        tracing::info_span!("work", unit).in_scope(|| tracing::info!(unit, "worked"));
    }
}

pub(super) fn done(sink: &OtlpSink) -> f64 {
    sink.metrics().total("work_done_total", &[])
}
