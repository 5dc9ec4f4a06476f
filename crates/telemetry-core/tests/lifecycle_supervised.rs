//! What panics or hangs in the application's own code, where the exporter runs it: one of its layers at what the exporter says,
//! and callbacks that it gave to the SDK. The export goes on, and what is lost is counted and said.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use opentelemetry::metrics::MeterProvider as _;
use telemetry_core::{LOG_TARGET, Telemetry};
use telemetry_testkit::{OtlpSink, eventually};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

const SOON: Duration = Duration::from_secs(20);

/// Panics at what the exporter says, and hears it all.
struct Unsound {
    panics: Arc<AtomicBool>,
    heard: Arc<AtomicUsize>,
}

impl<S: Subscriber> Layer<S> for Unsound {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == LOG_TARGET {
            self.heard.fetch_add(1, Ordering::SeqCst);
            assert!(!self.panics.load(Ordering::SeqCst), "on purpose");
        }
    }
}

#[test]
fn the_export_goes_on_whatever_the_application_s_code_does() {
    let (panics, heard) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
    let layer = Unsound { panics: Arc::clone(&panics), heard: Arc::clone(&heard) };
    let sink = OtlpSink::start();
    sink.refuse(true);
    let telemetry = Telemetry::builder("supervised")
        .endpoint(sink.endpoint())
        .metric_interval(Duration::from_millis(100))
        .with_layer(layer)
        .settings(|settings| {
            settings.batch.spans.schedule_delay = Some(Duration::from_millis(20));
            settings.batch.logs.schedule_delay = Some(Duration::from_millis(20));
            settings.otlp.retry_max_delay = Some(Duration::from_millis(50));
        })
        .init()
        .expect("the settings are good");

    // Every signal begins to fail, and the layer panics each time that this is said.
    tracing::info_span!("one").in_scope(|| tracing::info!("one"));
    eventually("all signals say that they fail", || match heard.load(Ordering::SeqCst) {
        heard if heard >= 3 => Ok(()),
        heard => Err(heard),
    })
    .wait();
    sink.heal();
    eventually("what waited arrives", || match (sink.spans().len(), sink.logs().len()) {
        (1, 1) => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .wait();
    panics.store(false, Ordering::SeqCst);
    tracing::info_span!("two").in_scope(|| tracing::info!("two"));
    let report = telemetry.flush_within(SOON);
    assert!(report.is_complete(), "{report}");
    assert_eq!((sink.spans().len(), sink.logs().len()), (2, 2));

    // A callback that the application gave to the SDK hangs: the traces go on, and the shutdown does not wait for it.
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let provider = telemetry.meter_provider().expect("metrics are exported");
    let _gauge = provider
        .meter("application")
        .u64_observable_gauge("hangs")
        .with_callback(move |_| {
            let _released = held.lock().map(|held| held.recv());
        })
        .build();
    eventually("a collection hangs", || {
        let report = telemetry.flush_within(Duration::from_millis(200));
        if report.metrics.timed_out { Ok(()) } else { Err(report.to_string()) }
    })
    .wait();
    eventually("it is said", || {
        let report = telemetry.flush_within(Duration::from_millis(1));
        let said = report.metrics.error.is_some_and(|error| error.contains("does not return"));
        if said { Ok(()) } else { Err(heard.load(Ordering::SeqCst)) }
    })
    .within(Duration::from_secs(60))
    .wait();
    tracing::info_span!("three").in_scope(|| tracing::info!("three"));
    let report = telemetry.shutdown_within(Duration::from_secs(4));
    assert!(report.traces.is_complete() && report.logs.is_complete(), "{report}");
    assert!(report.metrics.timed_out, "{report}");
    assert!(report.elapsed < Duration::from_secs(9), "{report}");
    drop(release);
    drop(telemetry);
}
