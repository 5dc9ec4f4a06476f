//! The process's one telemetry: everything global is installed, a second one is refused, and the exporter says once
//! that it fails and once that it works again.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry::trace::TraceContextExt as _;
use telemetry_core::{Counter, InitError, LOG_TARGET, Meter, Metrics, Single, Telemetry, propagation};
use telemetry_testkit::{OtlpSink, eventually};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

const SOON: Duration = Duration::from_secs(20);

/// What the test measures.
#[derive(Metrics)]
#[metrics(scope = "test", entity())]
struct Work {
    /// Units of work
    #[metric(name = "work_done_total")]
    done: Counter,
}

/// Keeps what is said to the exporter's target.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn lines(&self) -> Vec<String> {
        self.0.lock().expect("no test panics while writing").clone()
    }

    /// Waits until both spans and log records have had that said of them.
    fn wait_for_both(&self, text: &str) {
        eventually(format!("{text:?} twice"), || {
            let lines = self.lines();
            if lines.iter().filter(|line| line.contains(text)).count() < 2 { Err(format!("{lines:?}")) } else { Ok(()) }
        })
        .wait();
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Diary {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == LOG_TARGET {
            let mut line = Line(event.metadata().level().to_string());
            event.record(&mut line);
            self.0.lock().expect("no test panics while writing").push(line.0);
        }
    }
}

fn work() {
    tracing::info_span!("work").in_scope(|| tracing::info!("worked"));
}

#[test]
fn init_makes_the_telemetry_the_processs() {
    // Held from before, as a static is: it works from the moment of the set-up.
    let early: Single<Work> = Single::new(&Meter::global());
    let sink = OtlpSink::start();
    let diary = Diary::default();
    let layer: Box<dyn Layer<Registry> + Send + Sync> = Box::new(diary.clone());
    let telemetry = Telemetry::builder("init-test")
        .endpoint(sink.endpoint())
        .settings(|settings| {
            settings.batch.spans.schedule_delay = Some(Duration::from_millis(20));
            settings.batch.logs.schedule_delay = Some(Duration::from_millis(20));
            settings.otlp.retry_max_delay = Some(Duration::from_millis(50));
        })
        .with_layer(layer)
        .init()
        .expect("the settings are good");
    early.done.add(1);
    Single::<Work>::new(&Meter::global()).done.add(1);
    opentelemetry::global::meter("raw").u64_counter("raw_total").build().add(3, &[]);
    work();

    let mut headers = http::HeaderMap::new();
    headers.insert("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".parse().expect("ASCII"));
    assert!(propagation::extract(&headers).span().span_context().is_valid(), "the propagator is installed");

    let second = Telemetry::builder("second").endpoint(sink.endpoint()).init();
    assert!(matches!(second, Err(InitError::AlreadyInitialized)), "{second:?}");

    assert!(telemetry.flush_within(SOON).is_complete());
    assert_eq!(sink.metrics().value("work_done_total", &[]), Some(2.0));
    assert_eq!(sink.metrics().value("raw_total", &[]), Some(3.0));
    let logs = sink.logs();
    assert_eq!(logs.one("worked").span_id.as_deref(), Some(sink.spans().one("work").span_id.as_str()));
    assert_eq!(diary.lines(), [""; 0], "nothing has failed yet");

    sink.refuse(true);
    work();
    diary.wait_for_both("is failing");
    let attempts = sink.counts().refused;
    sink.wait_for(SOON, "several more attempts", |sink| sink.counts().refused > attempts + 10);
    sink.heal();
    diary.wait_for_both("works again");
    assert!(telemetry.flush_within(SOON).is_complete());
    for signal in ["traces", "logs"] {
        let about: Vec<_> = diary.lines().into_iter().filter(|line| line.contains(signal)).collect();
        let [failing, works] = &about[..] else { panic!("one line a change of state: {about:?}") };
        assert!(failing.starts_with("WARN") && failing.contains("Unavailable: refused on command"), "{failing}");
        assert!(works.starts_with("INFO") && works.contains("works again"), "{works}");
    }
    assert!(telemetry.shutdown_within(SOON).is_complete());
    sink.logs().assert_absent("telemetry export");
    let third = Telemetry::builder("third").endpoint(sink.endpoint()).init();
    assert!(matches!(third, Err(InitError::AlreadyInitialized)), "not after the shutdown either");
}
