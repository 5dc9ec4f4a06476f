//! Sources and callers that mean no good: what they say is cut, and no name of theirs becomes a label.

use std::collections::BTreeSet;
use std::io;

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use telemetry_stream::labels::{CloseReason, StreamKind, Transport};
use telemetry_stream::{EventInfo, Producer, Seen};
use telemetry_testkit::SpanEntry;

use crate::fixture::{EXECUTION, Fixture, NAMES};

/// As long as a text of a peer may be that no one bounds.
const HUGE: usize = 1 << 20;

fn bytes(span: &SpanEntry) -> usize {
    let attributes = span.attributes.iter().map(|(key, value)| key.len() + value.len());
    let links = span.links.iter().map(|link| format!("{link:?}").len());
    span.name.len() + span.trace_state.len() + attributes.chain(links).sum::<usize>()
}

#[track_caller]
fn assert_sound(fixture: &Fixture, what: &str) {
    for span in fixture.spans().iter() {
        let status = format!("{:?}", span.status).len();
        assert!(bytes(span) + status <= 4 * 1024, "{what}: {} bytes in {span}", bytes(span));
    }
    for log in fixture.logs().iter() {
        let longest = log.attributes.values().map(String::len).max().unwrap_or_default();
        assert!(longest <= 1_100, "{what}: {longest} bytes in an attribute of {log}");
    }
    let metrics = fixture.metrics();
    let events = metrics.matching(NAMES.events, &[]);
    let types: BTreeSet<_> = events.iter().filter_map(|point| point.label("event_type")).collect();
    assert!(types.is_subset(&BTreeSet::from(["step", "message", "_other"])), "{what}: {metrics}");
}

#[test]
fn names_of_a_megabyte_leave_spans_logs_and_labels_small() {
    let huge = "x".repeat(HUGE);
    let json = |event: Value| event;
    let events = [
        ("type", json(json!({"type": huge}))),
        ("type that is none", json(json!({"type": {"deep": [huge]}}))),
        ("time", json(json!({"type": "step", "timestamp": huge}))),
        ("time beyond all", json(json!({"type": "step", "timestamp": u64::MAX}))),
        ("trace", json(json!({"type": "step", "_trace": {"traceId": huge, "spanId": huge, "traceState": huge}}))),
        ("flags", json(json!({"type": "step", "_trace": {"traceId": "1", "spanId": "2", "traceFlags": u64::MAX}}))),
        ("parent", json(json!({"type": "step", "_trace": {"traceparent": huge, "tracestate": huge}}))),
    ];
    for (what, event) in &events {
        let fixture = Fixture::new();
        let mut stream = fixture.open().start();
        stream.event(EventInfo::from_json(event));
        stream.event("step");
        stream.complete();
        assert_sound(&fixture, what);
        fixture.assert_total(NAMES.all_events, &[], 2.0);
    }
}

#[test]
fn ids_of_a_megabyte_are_cut() {
    let huge = "x".repeat(HUGE);
    for (what, execution, id) in
        [("execution", &*huge, "reviewer"), ("agent", EXECUTION, &huge), ("both", &huge, &huge)]
    {
        let fixture = Fixture::new();
        let mut stream = fixture.streams.stream(StreamKind::Agent, Transport::Sse, execution).id(id).start();
        stream.event("step");
        stream.fail(CloseReason::UpstreamError, io::Error::other(huge.clone()));
        assert_sound(&fixture, what);
        let span = fixture.span("stream.connection");
        for (key, said) in [("execution_id", execution), ("agent_id", id)] {
            let value = span.attribute(key).unwrap_or_default();
            assert!(said.starts_with(value.trim_end_matches('…')) && !value.is_empty(), "{what}: {value}");
        }
    }
}

#[tokio::test]
async fn a_source_that_fails_at_length_says_how_it_began() {
    let huge = format!("the store said: {}", "a word ".repeat(HUGE / 7));
    let items: [Result<Value, &str>; 2] = [Ok(json!({"type": "step"})), Err(&huge)];
    let fixture = Fixture::new();
    let _read: Vec<_> = fixture.open().start().observe(stream::iter(items)).collect().await;
    assert_sound(&fixture, "observed");
    fixture.log("stream failed").assert_attribute("reason", "upstream_error");
    let log = fixture.log("stream failed");
    assert!(log.attribute("error_message").is_some_and(|message| message.starts_with("the store said: a word")));

    let fixture = Fixture::new();
    let items = stream::iter([huge]);
    let stream = fixture.open().start();
    let observed =
        stream.observe_as(items, |said: &String| Seen::Failed(CloseReason::UpstreamError, said.as_str().into()));
    let _read: Vec<_> = observed.collect().await;
    assert_sound(&fixture, "looked at");
}

#[test]
fn types_that_a_source_makes_up_end_at_the_labels_limit_and_what_is_registered_stays() {
    let fixture = Fixture::new();
    let mut stream = fixture.open().start();
    for number in 0..1_000 {
        stream.event(format!("made-up-{number}").as_str());
    }
    fixture.streams.register("run.completed");
    stream.event("run.completed");
    stream.complete();
    fixture.assert_total(NAMES.all_events, &[("event_type", "run.completed")], 1.0);
    fixture.assert_total(NAMES.all_events, &[("event_type", "_other")], 900.0);
}

#[test]
fn a_producer_of_a_megabyte_is_none() {
    let huge = "0".repeat(HUGE);
    assert_eq!(Producer::from_redis([("traceparent", &huge), ("tracestate", &huge)]), None);
    assert_eq!(Producer::from_redis([("_trace", format!("{}1{}", "[".repeat(HUGE), "]".repeat(HUGE)))]), None);
    assert_eq!(Producer::from_temporal([("_tracer-data", &huge)]), None);
    // One whose context is sound and whose list of states is not.
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned();
    let producer = Producer::from_redis([("traceparent", &parent), ("tracestate", &huge)]).expect("a sound context");
    assert_eq!(producer.tracestate(), None);
    let list = (0..1_000).map(|number| format!("k{number}=v")).collect::<Vec<_>>().join(",");
    let producer = Producer::from_redis([("traceparent", &parent), ("tracestate", &list)]).expect("a sound context");
    assert!(producer.tracestate().is_none_or(|state| state.len() <= 512));
}
