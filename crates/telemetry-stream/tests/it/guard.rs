//! Guards: what is recorded however a stream ends.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, SystemTime};

use futures_util::stream;
use telemetry_core::{Label as _, Meter};
use telemetry_stream::labels::{CloseReason, StreamKind, Transport};
use telemetry_stream::{EventInfo, Seen, StreamSettings, Streams};
use telemetry_testkit::TestTelemetry;
use tokio::time::advance;
use tokio_util::sync::CancellationToken;

use crate::fixture::{EXECUTION, Fixture, NAMES};

#[test]
fn every_reason_is_counted_logged_and_on_the_span() {
    for reason in CloseReason::ALL.iter().copied() {
        let fixture = Fixture::new();
        let mut stream = fixture.open().start();
        assert_eq!(fixture.active(), 1.0);
        stream.event("step");
        stream.event("step");
        stream.close(reason);
        fixture.assert_one_stream(reason, 2);
    }
}

#[test]
fn a_failure_is_an_error_and_nothing_else_is() {
    let errors: Vec<&str> =
        CloseReason::ALL.iter().filter(|reason| reason.is_error()).map(|reason| reason.as_str()).collect();
    assert_eq!(errors, ["timeout", "upstream_error", "serialization_error", "internal_error"]);
}

#[test]
fn one_guard_feeds_both_families() {
    let fixture = Fixture::new();
    for (kind, transport) in StreamKind::ALL.iter().zip([Transport::Sse, Transport::Websocket].iter().cycle()) {
        let mut stream = fixture.streams.start(*kind, *transport, EXECUTION);
        let (kind, transport) = (("kind", kind.as_str()), ("type", transport.as_str()));
        let before = fixture.metrics();
        before.assert_up_down_counter(NAMES.active, &[kind], 1.0);
        before.assert_up_down_counter(NAMES.connections, &[transport], 1.0);
        stream.event("step");
        stream.event("turn");
        stream.complete();
        let after = fixture.metrics();
        after.assert_up_down_counter(NAMES.active, &[kind], 0.0);
        after.assert_up_down_counter(NAMES.connections, &[transport], 0.0);
        after.assert_counter(NAMES.events, &[kind, ("event_type", "step")], 1.0);
        after.assert_counter(NAMES.events, &[kind, ("event_type", "turn")], 1.0);
        after.assert_counter(NAMES.disconnects, &[kind, ("reason", "completed")], 1.0);
        after.assert_histogram_count(NAMES.duration, &[kind], 1);
        after.assert_histogram_count(NAMES.first_event, &[kind], 1);
    }
    fixture.assert_counter(NAMES.all_events, &[("event_type", "step")], 4.0);
}

#[tokio::test(start_paused = true)]
async fn durations_are_those_of_the_connection_and_of_its_first_event() {
    let fixture = Fixture::new();
    let mut stream = fixture.open().start();
    advance(Duration::from_millis(700)).await;
    stream.event("step");
    advance(Duration::from_millis(800)).await;
    stream.event("step");
    stream.complete();
    let metrics = fixture.metrics();
    assert_eq!(metrics.histogram(NAMES.first_event, &[("kind", "workflow")]).sum, 0.7);
    assert_eq!(metrics.histogram(NAMES.duration, &[("kind", "workflow")]).sum, 1.5);
    fixture.log("stream disconnected").assert_attribute("duration_ms", "1500");
}

#[tokio::test(start_paused = true)]
async fn latency_counts_from_publication_where_the_event_carries_its_time() {
    let fixture = Fixture::new();
    let mut stream = fixture.open().start();
    let published = tokio::time::Instant::now();
    advance(Duration::from_millis(40)).await;
    stream.event(EventInfo::new("step").published(published));
    stream.event("step");
    let latency = fixture.metrics().histogram(NAMES.latency, &[]).clone();
    assert_eq!((latency.count, latency.sum), (1, 0.04));
}

#[test]
fn latency_by_the_clock_is_never_negative() {
    let hour = Duration::from_secs(3600);
    // Too far for the test to catch up with, and within what clocks differ.
    let ahead = SystemTime::now() + Duration::from_secs(50);
    let behind = SystemTime::now() - hour;
    let millis = behind.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_millis();
    let json = serde_json::json!({ "type": "step", "timestamp": u64::try_from(millis).expect("fits") });
    let text = serde_json::json!({ "type": "step", "timestamp": humantime_of(behind) });
    for (event, expected) in [
        (EventInfo::new("step").published(ahead), 0.0),
        (EventInfo::new("step").published(behind), 3600.0),
        (EventInfo::new("step").published_by_redis_id(&format!("{millis}-7")), 3600.0),
        (EventInfo::from_json(&json), 3600.0),
        (EventInfo::from_json(&text), 3600.0),
    ] {
        let fixture = Fixture::new();
        fixture.open().start().event(event.clone());
        let sum = fixture.metrics().histogram(NAMES.latency, &[]).sum;
        // The rest is what the test itself took.
        assert!((expected..expected + 30.0).contains(&sum), "{event:?}: {sum}");
    }
}

fn humantime_of(time: SystemTime) -> String {
    humantime::format_rfc3339_millis(time).to_string()
}

#[test]
fn a_time_that_is_none_says_nothing() {
    let at = |timestamp: serde_json::Value| serde_json::json!({ "type": "step", "timestamp": timestamp });
    let (word, seconds, fraction) = (at("yesterday".into()), at(1_700_000_000.into()), at(1.7e12.into()));
    let fixture = Fixture::new();
    let mut stream = fixture.open().start();
    stream.event(EventInfo::new("step").published_by_redis_id("*"));
    stream.event(EventInfo::new("step").published_by_redis_id(&format!("{}-0", u64::MAX)));
    for event in [&word, &seconds, &fraction] {
        stream.event(EventInfo::from_json(event));
    }
    stream.event(EventInfo::new("step").published(SystemTime::now() + Duration::from_secs(3600)));
    assert_eq!(fixture.total(NAMES.latency, &[]), 0.0);
    assert_eq!(fixture.total(NAMES.all_events, &[]), 6.0);
}

#[test]
fn a_guard_that_is_dropped_was_left_by_its_client() {
    let fixture = Fixture::new();
    drop(fixture.open().start());
    fixture.assert_one_stream(CloseReason::ClientDisconnect, 0);
}

#[test]
fn a_guard_that_is_dropped_at_shutdown_was_left_by_the_server() {
    let fixture = Fixture::new();
    let stream = fixture.open().start();
    fixture.streams.shut_down();
    drop(stream);
    fixture.assert_one_stream(CloseReason::ServerShutdown, 0);
}

#[test]
fn a_stream_has_the_token_that_it_is_given() {
    let (all, own) = (CancellationToken::new(), CancellationToken::new());
    let fixture = Fixture::new();
    let streams = fixture.streams.clone().with_shutdown(all.clone());
    let open = || streams.stream(StreamKind::Task, Transport::Sse, EXECUTION);
    let (first, second) = (open().start(), open().shutdown(own.clone()).start());
    all.cancel();
    drop((first, second));
    assert_eq!(fixture.closed(CloseReason::ServerShutdown), 1.0);
    assert_eq!(fixture.closed(CloseReason::ClientDisconnect), 1.0);
}

#[test]
fn a_panic_is_an_internal_error() {
    let fixture = Fixture::new();
    let stream = fixture.open().start();
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let _stream = stream;
        panic!("as the test wants it");
    }));
    assert!(caught.is_err());
    fixture.assert_panicked(0);
}

#[test]
fn guards_are_owned_and_go_where_work_goes() {
    fn owned<T: Send + 'static>(_: &T) {}
    let fixture = Fixture::new();
    owned(&fixture.open().start());
    owned(&fixture.open().start().observe_as(stream::empty::<()>(), |()| Seen::Nothing));
}

#[tokio::test]
async fn a_stream_goes_into_a_task_under_an_id_made_at_run_time() {
    let fixture = Fixture::new();
    let execution = format!("exec-{}", 7 + 10);
    let mut stream = fixture.streams.start(StreamKind::Agent, Transport::Sse, &execution);
    drop(execution);
    let task = tokio::spawn(async move {
        stream.instrument(async { tracing::info!("read from the store") }).await;
        stream.in_scope(|| tracing::info!("put into a message"));
        stream.event("turn");
        stream.complete();
    });
    task.await.expect("it does not panic");
    fixture.assert_one_stream(CloseReason::Completed, 1);
    let span = fixture.span("stream.connection");
    for text in ["read from the store", "put into a message"] {
        fixture.log(text).assert_in(&span);
    }
}

#[test]
fn opening_and_ending_are_logged_with_what_identifies_the_stream() {
    for (kind, id) in [
        (StreamKind::Workflow, "workflow_id"),
        (StreamKind::Agent, "agent_id"),
        (StreamKind::Task, "task_id"),
        (StreamKind::Session, "session_id"),
    ] {
        let fixture = Fixture::new();
        fixture.streams.stream(kind, Transport::Websocket, EXECUTION).id("nightly").start().complete();
        for text in ["stream connected", "stream disconnected"] {
            let log = fixture.log(text);
            assert_eq!(log.severity, "INFO");
            for (key, value) in
                [("kind", kind.as_str()), ("transport", "websocket"), ("execution_id", EXECUTION), (id, "nightly")]
            {
                log.assert_attribute(key, value);
            }
            let others = ["workflow_id", "agent_id", "task_id", "session_id"];
            assert_eq!(others.iter().filter(|other| log.attribute(other).is_some()).count(), 1);
        }
        fixture.span("stream.connection").assert_attribute(id, "nightly");
    }
}

#[test]
fn a_stream_without_an_id_names_none() {
    let fixture = Fixture::new();
    fixture.open().start().complete();
    assert_eq!(fixture.log("stream connected").attribute("workflow_id"), None);
}

#[test]
fn types_of_events_beyond_the_limit_are_one() {
    let settings = telemetry_core::MeterSettings { max_label_values: 3, ..telemetry_core::MeterSettings::default() };
    let telemetry = TestTelemetry::builder().meter_settings(settings);
    let fixture = Fixture::of(telemetry, StreamSettings::default());
    let mut stream = fixture.open().start();
    for number in 0..10 {
        stream.event(format!("step-{number}").as_str());
    }
    let metrics = fixture.metrics();
    metrics.assert_counter(NAMES.all_events, &[("event_type", "_other")], 7.0);
    assert_eq!(metrics.total(NAMES.events, &[]), 10.0);
}

#[test]
fn buckets_are_a_setting_of_the_meter() {
    let buckets = BTreeMap::from([(NAMES.duration.to_owned(), vec![60.0, 3600.0])]);
    let settings = telemetry_core::MeterSettings { buckets, ..telemetry_core::MeterSettings::default() };
    let fixture = Fixture::of(TestTelemetry::builder().meter_settings(settings), StreamSettings::default());
    fixture.open().start().complete();
    assert_eq!(fixture.metrics().histogram(NAMES.duration, &[]).bounds, [60.0, 3600.0]);
}

#[test]
fn without_telemetry_nothing_happens() {
    let streams = Streams::new(&Meter::noop());
    let mut stream = streams.start(StreamKind::Task, Transport::Sse, EXECUTION);
    stream.event("step");
    assert_eq!(stream.events(), 1);
    stream.complete();
}
