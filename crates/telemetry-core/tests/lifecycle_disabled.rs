//! Telemetry that is turned off is a guard with no-ops behind it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use telemetry_core::{Counter, Meter, Metrics, Single, Telemetry};
use telemetry_testkit::OtlpSink;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// What the test measures.
#[derive(Metrics)]
#[metrics(scope = "test", entity())]
struct Work {
    /// Units of work
    #[metric(name = "work_done_total")]
    done: Counter,
}

#[derive(Clone, Default)]
struct Events(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> Layer<S> for Events {
    fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn disabled_telemetry_does_nothing_and_leaves_the_applications_own_log_alone() {
    let sink = OtlpSink::start();
    let events = Events::default();
    let telemetry = Telemetry::builder("disabled-test")
        .endpoint(sink.endpoint())
        .disabled(true)
        .with_layer(events.clone())
        .init()
        .expect("the settings are good");
    Single::<Work>::new(&Meter::global()).done.add(1);
    Single::<Work>::new(telemetry.meter()).done.add(1);
    tracing::info_span!("work").in_scope(|| tracing::info!("worked"));
    let report = telemetry.flush_within(Duration::from_secs(1));
    assert!(report.is_complete() && report.signals().all(|(_, signal)| !signal.enabled), "{report}");
    assert!(telemetry.shutdown().is_complete());
    assert_eq!(events.0.load(Ordering::Relaxed), 1, "the application's layer sees its events");
    assert_eq!((sink.counts().accepted(), sink.counts().refused), (0, 0));
    assert!(telemetry.meter_provider().is_none() && telemetry.tracer_provider().is_none());
}
