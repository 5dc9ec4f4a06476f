//! Callers and servers that mean no good: what they say is cut, and everybody else is served and measured as ever.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Body;
use axum::routing::{any, get};
use http::header::{HOST, HeaderValue, USER_AGENT};
use http::{Method, Request, Uri};
use telemetry_http::{ExternalCall, Route};
use telemetry_testkit::{HttpFault, SpanEntry, TestTelemetry, eventually};

use crate::fixture::{Fixture, NAMES, call};
use crate::wire;

/// The most bytes of a span of ours, all texts together. Two are of a path, two of a user agent, 1 KiB each.
const MOST: usize = 6 * 1024;

fn bytes(span: &SpanEntry) -> usize {
    let attributes = span.attributes.iter().map(|(key, value)| key.len() + value.len());
    span.name.len() + span.trace_state.len() + format!("{:?}", span.status).len() + attributes.sum::<usize>()
}

/// Asserts that what was recorded is small, and that no name of it was made up by a peer.
#[track_caller]
fn assert_sound(telemetry: &TestTelemetry, what: &str) {
    for span in telemetry.spans().iter() {
        assert!(bytes(span) <= MOST, "{what}: {} bytes in {span}", bytes(span));
    }
    for log in telemetry.logs().iter() {
        let longest = log.attributes.values().map(String::len).max().unwrap_or_default();
        assert!(longest <= 1_024, "{what}: {longest} bytes in an attribute of {log}");
    }
    let metrics = telemetry.metrics();
    let requests = metrics.matching(NAMES.requests, &[]);
    let labels = |name| requests.iter().filter_map(|point| point.label(name)).collect::<BTreeSet<_>>();
    assert!(labels("path").is_subset(&BTreeSet::from(["/", "_unmatched"])), "{what}: {metrics}");
    assert!(labels("method").is_subset(&BTreeSet::from(["GET", "POST", "_OTHER"])), "{what}: {metrics}");
}

fn router(fixture: &Fixture) -> Router {
    Router::new().route("/", any(|body: String| async move { body })).layer(fixture.layer())
}

#[tokio::test]
async fn after_each_hostile_caller_the_next_is_served_and_spans_and_labels_are_small() {
    for fault in HttpFault::ALL {
        let fixture = Fixture::new();
        let server = wire::serve(router(&fixture)).await;
        fault.send(server).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        let answer = wire::get(server, "/", &["x-request-id: after"]).await;
        assert_eq!(answer.status, 200, "{fault:?}");
        eventually(format!("the request after {fault:?} has its span"), || {
            fixture.spans().iter().any(|span| span.attribute("request_id") == Some("after"))
        })
        .await;
        assert_sound(&fixture, &format!("{fault:?}"));
        fixture.assert_nowhere(HttpFault::PASSWORD);
    }
}

#[tokio::test]
async fn what_hostile_callers_say_is_told_as_far_as_it_helps() {
    for (fault, key, expected) in [
        (HttpFault::LongPath, "url.path", 1_024),
        (HttpFault::LongPath, "http.url", 1_024),
        (HttpFault::LongUserAgent, "user_agent.original", 1_024),
        (HttpFault::LongMethod, "http.request.method_original", 256),
        (HttpFault::LongHost, "server.address", 256),
    ] {
        let fixture = Fixture::new();
        let server = wire::serve(router(&fixture)).await;
        fault.send(server).await.expect("the server answers");
        eventually(format!("{fault:?} has its span"), || fixture.spans().iter().next().is_some()).await;
        let spans = fixture.spans();
        let value = spans.iter().find_map(|span| span.attribute(key));
        let value = value.unwrap_or_else(|| panic!("{fault:?}: no {key}\n{spans}"));
        assert!(value.len() > expected - 4 && value.len() <= expected, "{fault:?}: {} bytes of {key}", value.len());
        assert!(value.ends_with('…'), "{fault:?}: {value}");
    }
}

/// Requests as only other protocols than HTTP/1, and other servers, let them through.
#[tokio::test]
async fn a_hundred_and_fifty_requests_of_huge_texts_make_a_small_batch() {
    let huge = || HeaderValue::try_from("x".repeat(1 << 20)).expect("letters are a header");
    type Make<'a> = Box<dyn Fn(&mut Request<Body>) + 'a>;
    let faults: [(&str, Make<'_>); 5] = [
        ("path", Box::new(|request| *request.uri_mut() = format!("/{}", "p".repeat(60_000)).parse().expect("a path"))),
        (
            "authority",
            Box::new(|request| {
                let uri = format!("http://{}/", "h".repeat(60_000));
                *request.uri_mut() = uri.parse().expect("an address");
            }),
        ),
        ("user agent", Box::new(|request| drop(request.headers_mut().insert(USER_AGENT, huge())))),
        ("host", Box::new(|request| drop(request.headers_mut().insert(HOST, huge())))),
        (
            "method",
            Box::new(|request| {
                *request.method_mut() =
                    Method::from_bytes("M".repeat(1 << 20).as_bytes()).expect("letters are a method");
            }),
        ),
    ];
    for (what, spoil) in faults {
        let fixture = Fixture::new();
        let router = router(&fixture);
        for _ in 0..150 {
            let mut request = Request::new(Body::empty());
            spoil(&mut request);
            drop(call(&router, request).await);
        }
        let spans = fixture.spans();
        assert_eq!(spans.iter().count(), 150, "{what}");
        let batch: usize = spans.iter().map(bytes).sum();
        assert!(batch < 512 * 1024, "{what}: {batch} bytes in 150 spans");
        assert_sound(&fixture, what);
    }
}

#[tokio::test]
async fn a_route_that_is_none_is_neither_a_label_nor_a_long_name() {
    let fixture = Fixture::new();
    // As by an application that takes the path for the route.
    let layer = fixture.layer().routes(|request| Some(Route::new(request.uri().path())));
    let router = Router::new().route("/{*path}", get(|| async {})).layer(layer);
    for length in [250, 300, 60_000] {
        let request = Request::get(format!("/{}", "p".repeat(length))).body(Body::empty()).expect("a path");
        drop(call(&router, request).await);
    }
    let metrics = fixture.metrics();
    metrics.assert_total(NAMES.requests, &[("path", &format!("/{}", "p".repeat(250)))], 1.0);
    metrics.assert_total(NAMES.requests, &[("path", "_other")], 2.0);
    for span in fixture.spans().iter() {
        assert!(bytes(span) <= MOST, "{} bytes in {span}", bytes(span));
    }
    let longest =
        fixture.logs().iter().flat_map(|log| log.attributes.values().map(String::len).collect::<Vec<_>>()).max();
    assert!(longest <= Some(1_024), "{longest:?}");
}

#[test]
fn the_span_of_a_call_is_small_whatever_is_called() {
    let fixture = Fixture::new();
    let huge = "x".repeat(60_000);
    for (service, operation, uri) in [
        ("billing", "charge", format!("http://billing/{huge}")),
        ("billing", "charge", format!("http://{huge}/")),
        (&huge, "charge", "http://billing/".to_owned()),
        ("billing", &huge, "http://billing/".to_owned()),
    ] {
        let uri: Uri = uri.parse().expect("an address");
        let method = Method::from_bytes(huge.as_bytes()).expect("letters are a method");
        let start = ExternalCall::to(service.to_owned(), operation.to_owned());
        start.request(&method, &uri).start().fail("connection");
    }
    let spans = fixture.spans();
    assert_eq!(spans.iter().count(), 4);
    for span in spans.iter() {
        assert!(bytes(span) <= 3 * 1024, "{} bytes in {span}", bytes(span));
    }
    for log in fixture.logs().iter() {
        assert!(log.attributes.values().all(|value| value.len() <= 256), "{log}");
    }
}
