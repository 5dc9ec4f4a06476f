//! Spans of connections and of events.

use std::collections::HashMap;

use http::HeaderMap;
use opentelemetry::global;
use serde_json::json;
use telemetry_core::propagation::StrictPropagator;
use telemetry_core::trace::{ActiveSpan, Sampling};
use telemetry_stream::labels::CloseReason;
use telemetry_stream::{EventInfo, Producer, StreamSettings};
use telemetry_testkit::TestTelemetry;

use crate::fixture::{EXECUTION, Fixture};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn ratio(event_span_ratio: f64) -> StreamSettings {
    StreamSettings { event_span_ratio, ..StreamSettings::default() }
}

#[test]
fn the_first_event_has_a_span_and_the_others_do_not() {
    let fixture = Fixture::new();
    let mut stream = fixture.open().start();
    stream.event("step");
    stream.event("step");
    stream.event("turn");
    stream.complete();
    let event = fixture.span("stream.step");
    let connection = fixture.span("stream.connection");
    assert_eq!(event.parent_span_id.as_ref(), Some(&connection.span_id));
    for (key, value) in [("event_type", "step"), ("kind", "workflow"), ("execution_id", EXECUTION), ("sequence", "0")] {
        event.assert_attribute(key, value);
    }
    fixture.spans().assert_absent("stream.turn");
}

#[test]
fn further_events_have_spans_as_the_ratio_says() {
    const EVENTS: u32 = 2_000;
    for (share, range) in [(1.0, EVENTS..=EVENTS), (0.25, 350..=650)] {
        let fixture = Fixture::with(ratio(share));
        let mut stream = fixture.open().start();
        for _ in 0..EVENTS {
            stream.event("step");
        }
        stream.complete();
        let spans = u32::try_from(fixture.spans().named("stream.step").len()).expect("few");
        assert!(range.contains(&spans), "{spans} spans at a ratio of {share}");
    }
}

#[test]
fn a_connection_that_is_not_sampled_has_no_spans_at_all() {
    let telemetry = TestTelemetry::builder().sampling(Sampling::AlwaysOff);
    let fixture = Fixture::of(telemetry, ratio(1.0));
    let mut stream = fixture.open().start();
    stream.event("step");
    stream.complete();
    assert_eq!(fixture.spans().len(), 0);
    assert_eq!(fixture.closed(CloseReason::Completed), 1.0);
    fixture.log("stream disconnected").assert_attribute("execution_id", EXECUTION);
}

#[test]
fn an_event_links_to_where_it_was_produced() {
    let trace = json!({ "type": "step", "_trace": { "traceparent": PARENT } });
    let temporal = json!({ "traceparent": PARENT }).to_string();
    let mut headers = HeaderMap::new();
    headers.insert("traceparent", PARENT.parse().expect("a header"));
    for event in [
        EventInfo::from_json(&trace),
        EventInfo::new("step").producer(Producer::from_headers(&headers)),
        EventInfo::new("step").producer(Producer::from_redis([("traceparent", PARENT)])),
        EventInfo::new("step").producer(Producer::from_temporal([("_tracer-data", &temporal)])),
    ] {
        let fixture = Fixture::new();
        let mut stream = fixture.open().start();
        stream.event(event);
        stream.complete();
        let span = fixture.span("stream.step");
        let links: Vec<(&str, &str)> =
            span.links.iter().map(|link| (link.trace_id.as_str(), link.span_id.as_str())).collect();
        assert_eq!(links, [("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")]);
        // A link and no parent: the event belongs to the connection's trace.
        assert_eq!(span.trace_id, fixture.span("stream.connection").trace_id);
    }
}

#[test]
fn an_event_of_nobody_links_to_nothing() {
    let fixture = Fixture::new();
    let event = json!({ "type": "step", "_trace": { "traceId": "short", "spanId": "short" } });
    let mut stream = fixture.open().start();
    stream.event(EventInfo::from_json(&event));
    stream.complete();
    assert_eq!(fixture.span("stream.step").links, []);
}

#[test]
fn a_connection_belongs_to_the_request_that_opened_it() {
    global::set_text_map_propagator(StrictPropagator::default());
    let headers = HashMap::from([("traceparent".to_owned(), PARENT.to_owned())]);

    let fixture = Fixture::new();
    fixture.open().headers(&headers).start().complete();
    let span = fixture.span("stream.connection");
    assert_eq!(span.trace_id, "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(span.parent_span_id.as_deref(), Some("b7ad6b7169203331"));

    let fixture = Fixture::new();
    let request = ActiveSpan::start(|| tracing::info_span!("http.GET /streams"));
    request.in_scope(|| fixture.open().headers(&headers).start()).complete();
    drop(request);
    let span = fixture.span("stream.connection");
    assert_eq!(span.parent_span_id, Some(fixture.span("http.GET /streams").span_id), "the request has a span already");

    let fixture = Fixture::new();
    let nonsense = HashMap::from([("traceparent".to_owned(), "00-1-2-01".to_owned())]);
    fixture.open().headers(&nonsense).start().complete();
    assert_eq!(fixture.span("stream.connection").parent_span_id, None);
}

#[test]
fn a_request_that_is_not_sampled_takes_its_stream_with_it() {
    global::set_text_map_propagator(StrictPropagator::default());
    let headers = HashMap::from([("traceparent".to_owned(), format!("{}0", &PARENT[..54]))]);
    let telemetry = TestTelemetry::builder().sampling(Sampling::ParentBasedAlwaysOn);
    let fixture = Fixture::of(telemetry, ratio(1.0));
    let mut stream = fixture.open().headers(&headers).start();
    stream.event("step");
    stream.complete();
    assert_eq!(fixture.spans().len(), 0);
}
