//! What the application's own subscriber sees of an export that fails: that it fails, once a signal, and nothing of
//! how the exporter tries.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use telemetry_core::{Counter, LOG_TARGET, Metrics, Single, Telemetry};
use telemetry_testkit::OtlpSink;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::{Layer, registry};

const SOON: Duration = Duration::from_secs(60);

/// What the test measures.
#[derive(Metrics)]
#[metrics(scope = "test", entity())]
struct Work {
    /// Units of work
    #[metric(name = "work_done_total")]
    done: Counter,
}

/// Sees everything that the application's side says, as a console at level TRACE does; the receiver of the test has
/// a transport too.
#[derive(Clone, Default)]
struct Console(Arc<Mutex<Vec<&'static Metadata<'static>>>>);

impl<S: Subscriber> Layer<S> for Console {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if std::thread::current().name().is_none_or(|name| !name.starts_with("otlp-sink")) {
            self.0.lock().expect("no test panics while writing").push(event.metadata());
        }
    }
}

#[test]
fn an_outage_is_told_once_and_the_transport_is_silent() {
    let sink = OtlpSink::start();
    let telemetry = Telemetry::builder("quiet-test")
        .endpoint(sink.endpoint())
        .metric_interval(Duration::from_millis(20))
        .settings(|settings| {
            settings.batch.spans.schedule_delay = Some(Duration::from_millis(20));
            settings.batch.logs.schedule_delay = Some(Duration::from_millis(20));
            // Each export is given up soon, and the next one fails again; one that is answered has the time on a busy machine.
            settings.otlp.all.timeout = Some(Duration::from_secs(1));
            settings.otlp.retry_max_delay = Some(Duration::from_millis(20));
        })
        .build()
        .expect("the settings are good");
    let console = Console::default();
    let subscriber = registry().with(telemetry.layer()).with(console.clone());
    tracing::subscriber::set_global_default(subscriber).expect("there is none yet");
    let work: Single<Work> = Single::new(telemetry.meter());
    let some_work = || {
        work.done.add(1);
        tracing::info_span!("work").in_scope(|| tracing::info!("worked"));
    };

    sink.refuse(true);
    for calls in [10, 150, 400] {
        some_work();
        sink.wait_for(SOON, "further attempts", |sink| sink.counts().refused > calls);
    }
    // A connection that breaks is when the transport has most to say.
    sink.die();
    some_work();
    let _lost = telemetry.flush_within(SOON);
    sink.revive().expect("the port is still ours");
    sink.heal();
    some_work();
    assert!(telemetry.shutdown_within(SOON).is_complete());

    let seen = console.0.lock().expect("no test panics while writing").clone();
    let of = |target: &str, level| seen.iter().filter(|seen| seen.target() == target && *seen.level() == level).count();
    assert_eq!(of(env!("CARGO_CRATE_NAME"), Level::INFO), 5, "the application's own events");
    assert_eq!((of(LOG_TARGET, Level::WARN), of(LOG_TARGET, Level::INFO)), (3, 3), "once a signal, and its end");
    let from_transport = ["h2", "hyper", "hyper_util", "opentelemetry-otlp", "rustls", "tonic", "tower"];
    for seen in seen {
        let crate_name = seen.target().split("::").next().unwrap_or_default();
        assert!(!from_transport.contains(&crate_name), "{seen:?}");
        assert!(*seen.level() > Level::WARN || seen.target() == LOG_TARGET, "{seen:?}");
    }
}
