//! Contexts of producers, in all that they travel in.

use http::HeaderMap;
use serde_json::{Map, Value, json};
use telemetry_stream::Producer;

use crate::fixture::Fixture;

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const UNSAMPLED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
const TRACE_ID: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN_ID: &str = "b7ad6b7169203331";
const STATE: &str = "vendor=1";

fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, value.parse().expect("a header"));
    }
    headers
}

#[test]
fn the_context_is_found_in_every_carrier() {
    let temporal = json!({ "traceparent": PARENT, "tracestate": STATE }).to_string();
    let trace = json!({ "traceId": TRACE_ID, "spanId": SPAN_ID, "traceFlags": 1, "traceState": STATE });
    let redis_trace = trace.to_string();
    let found = [
        ("headers", Producer::from_headers(&headers(&[("traceparent", PARENT), ("tracestate", STATE)]))),
        ("redis", Producer::from_redis([("type", "step"), ("traceparent", PARENT), ("tracestate", STATE)])),
        ("redis, bytes", Producer::from_redis([(b"TraceParent", PARENT.as_bytes()), (b"tracestate ", b"")])),
        ("redis, as JSON", Producer::from_redis([("_trace", redis_trace.as_str())])),
        ("temporal", Producer::from_temporal([("other", "{}"), ("_tracer-data", temporal.as_str())])),
        ("json", Producer::from_json(&json!({ "type": "step", "_trace": trace }))),
        ("json, by headers", Producer::from_json(&json!({ "_trace": { "traceparent": PARENT, "tracestate": STATE } }))),
    ];
    for (carrier, producer) in found {
        let producer = producer.unwrap_or_else(|| panic!("{carrier}: nothing found"));
        assert_eq!(producer.traceparent(), PARENT, "{carrier}");
        let state = (carrier != "redis, bytes").then_some(STATE);
        assert_eq!(producer.tracestate().as_deref(), state, "{carrier}");
    }
    let flags = |flags: Value| {
        Producer::from_json(&json!({ "_trace": { "traceId": TRACE_ID, "spanId": SPAN_ID, "traceFlags": flags } }))
    };
    assert_eq!(flags(json!(0)).map(|producer| producer.traceparent()).as_deref(), Some(UNSAMPLED));
    let without = json!({ "_trace": { "traceId": TRACE_ID, "spanId": SPAN_ID } });
    assert_eq!(Producer::from_json(&without).map(|producer| producer.traceparent()).as_deref(), Some(PARENT));
}

#[test]
fn what_is_not_valid_is_no_context() {
    let trace = |id: &str, span: &str| json!({ "_trace": { "traceId": id, "spanId": span, "traceFlags": 1 } });
    let zero = "0".repeat(32);
    for event in [
        json!({ "type": "step" }),
        json!("text"),
        json!({ "_trace": PARENT }),
        json!({ "_trace": { "traceId": TRACE_ID } }),
        json!({ "_trace": { "traceId": TRACE_ID, "spanId": SPAN_ID, "traceFlags": "1" } }),
        json!({ "_trace": { "traceId": TRACE_ID, "spanId": SPAN_ID, "traceFlags": 256 } }),
        json!({ "_trace": { "traceparent": "00-1-2-01" } }),
        trace("ckv1x2y3z0000qwertyuiop", SPAN_ID),
        trace(&zero, SPAN_ID),
        trace(&TRACE_ID.to_uppercase(), SPAN_ID),
        trace(TRACE_ID, "0000000000000000"),
    ] {
        assert_eq!(Producer::from_json(&event), None, "{event}");
    }
    assert_eq!(Producer::from_headers(&headers(&[("traceparent", PARENT), ("traceparent", PARENT)])), None);
    assert_eq!(Producer::from_redis([("traceparent", PARENT), ("traceparent", PARENT)]), None);
    assert_eq!(Producer::from_redis([(&b"traceparent"[..], &b"\xff\xfe"[..])]), None);
    assert_eq!(Producer::from_redis([("_trace", "not json")]), None);
    assert_eq!(Producer::from_temporal([("_tracer-data", "not json")]), None);
    assert_eq!(Producer::from_temporal([("tracer-data", PARENT)]), None);
}

#[test]
fn what_is_written_is_read_again() {
    let producer = Producer::from_headers(&headers(&[("traceparent", PARENT), ("tracestate", STATE)]));
    let written = producer.clone().expect("a valid context");

    let mut event = Map::from_iter([("type".to_owned(), json!("step"))]);
    written.put_into(&mut event);
    assert_eq!(Producer::from_json(&Value::Object(event)), producer);
    assert_eq!(Producer::from_redis(written.fields()), producer);
    assert_eq!(Producer::from_temporal([written.temporal_header()]), producer);
}

#[test]
fn whoever_publishes_takes_the_active_span() {
    let fixture = Fixture::new();
    assert_eq!(Producer::current(), None);
    let producer = tracing::info_span!("publish").in_scope(Producer::current).expect("a span is active");
    let span = fixture.span("publish");
    assert_eq!(producer.traceparent(), format!("00-{}-{}-03", span.trace_id, span.span_id));
}
