//! The span of a request.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Request, StatusCode};
use telemetry_core::propagation::PropagatorSet;
use telemetry_core::trace::Sampling;
use telemetry_http::{HttpLayer, HttpSettings, Scheme};

use crate::fixture::{self, Fixture, NAMES, call, header, read};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test]
async fn attributes_have_both_vocabularies() {
    let fixture = Fixture::new();
    let layer = fixture.layer_with(HttpSettings { scheme: Scheme::Https, ..HttpSettings::default() });
    let router = Router::new().route("/users/{id}", get(|| async { "hello" })).layer(layer);
    let request = Request::get("/users/7?token=hidden")
        .header("host", "shop.example:8443")
        .header("user-agent", "test/1")
        .header("authorization", "Bearer hidden")
        .body(Body::empty());
    read(call(&router, request.expect("it is sound")).await).await;
    let span = fixture.span("http.GET /users/{id}");
    assert_eq!(span.kind, opentelemetry::trace::SpanKind::Server);
    for (key, value) in [
        ("http.method", "GET"),
        ("http.url", "/users/7"),
        ("http.route", "/users/{id}"),
        ("http.user_agent", "test/1"),
        ("http.status_code", "200"),
        ("http.request.method", "GET"),
        ("http.response.status_code", "200"),
        ("http.response.body.size", "5"),
        ("url.path", "/users/7"),
        ("url.scheme", "https"),
        ("server.address", "shop.example"),
        ("server.port", "8443"),
        ("user_agent.original", "test/1"),
        ("outcome", "success"),
    ] {
        span.assert_attribute(key, value);
    }
    for key in ["error.type", "http.request.method_original", "http.request.body.size"] {
        assert_eq!(span.attribute(key), None, "{key}");
    }
    fixture.assert_nowhere("hidden");
}

#[tokio::test]
async fn addresses_are_read_whatever_their_form() {
    let cases = [
        ("http://a.example/", None, "http", Some("a.example"), None),
        ("https://a.example:444/", Some("other"), "https", Some("a.example"), Some("444")),
        ("/", Some("[::1]:80"), "http", Some("[::1]"), Some("80")),
        ("/", Some("[::1]"), "http", Some("[::1]"), None),
        ("/", Some("host:port"), "http", Some("host"), None),
        ("/", None, "http", None, None),
    ];
    for (uri, host, scheme, address, port) in cases {
        let fixture = Fixture::new();
        let router = Router::new().route("/", get(|| async {})).layer(fixture.layer());
        let mut request = Request::get(uri);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        read(call(&router, request.body(Body::empty()).expect("it is sound")).await).await;
        let span = fixture.span("http.GET /");
        let found = ["url.scheme", "server.address", "server.port"].map(|key| span.attribute(key));
        assert_eq!(found, [Some(scheme), address, port], "{uri} {host:?}");
    }
}

#[tokio::test]
async fn errors_of_the_server_are_errors_and_those_of_callers_are_not() {
    for (status, error) in
        [(200, false), (302, false), (404, false), (429, false), (500, true), (503, true), (599, true)]
    {
        let fixture = Fixture::new();
        let status = StatusCode::from_u16(status).expect("it is a status");
        let router = Router::new().route("/", get(move || async move { status })).layer(fixture.layer());
        read(fixture::get(&router, "/").await).await;
        let span = fixture.span("http.GET /");
        assert_eq!(span.is_error(), error, "{status}");
        assert_eq!(span.attribute("error.type"), error.then(|| status.as_str()), "{status}");
    }
}

#[tokio::test]
async fn an_unknown_method_is_told_on_the_span_only() {
    let fixture = Fixture::new();
    let router = Router::new().layer(fixture.layer());
    let request = Request::builder().method("PURGE").uri("/").body(Body::empty()).expect("it is sound");
    read(call(&router, request).await).await;
    let span = fixture.span("http._OTHER _unmatched");
    span.assert_attribute("http.request.method_original", "PURGE");
    assert_eq!(span.attribute("http.route"), None, "none matched");
}

#[tokio::test]
async fn the_caller_is_the_parent_and_finds_the_span_in_the_response() {
    let fixture = Fixture::new();
    let router =
        Router::new().route("/", get(|| async { tracing::info_span!("inner").in_scope(|| ()) })).layer(fixture.layer());
    let request = Request::get("/").header("traceparent", PARENT).body(Body::empty()).expect("it is sound");
    // What is active around the server is no parent of what arrives.
    let around = tracing::info_span!("around");
    let response = tracing::Instrument::instrument(call(&router, request), around).await;
    let told = header(&response, "traceparent").to_owned();
    assert!(response.headers().get("tracestate").is_none() && response.headers().get("baggage").is_none());
    read(response).await;

    let span = fixture.span("http.GET /");
    assert_eq!(span.trace_id, "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(span.parent_span_id.as_deref(), Some("b7ad6b7169203331"));
    assert_eq!(told, format!("00-{}-{}-01", span.trace_id, span.span_id));
    assert_eq!(fixture.span("inner").parent_span_id.as_deref(), Some(span.span_id.as_str()));
}

#[tokio::test]
async fn without_that_header_none_is_read_or_written() {
    let fixture = Fixture::new();
    let settings = HttpSettings { propagators: Some(PropagatorSet::NONE), ..HttpSettings::default() };
    let layer =
        HttpLayer::with_settings(fixture.meter(), settings).expect("the settings are good").routes(fixture::matched);
    let router = Router::new().route("/", get(|| async {})).layer(layer);
    let request = Request::get("/").header("traceparent", PARENT).body(Body::empty()).expect("it is sound");
    let response = call(&router, request).await;
    assert!(response.headers().get("traceparent").is_none());
    read(response).await;
    assert_eq!(fixture.span("http.GET /").parent_span_id, None);
}

#[tokio::test]
async fn without_a_caller_a_trace_begins() {
    let fixture = Fixture::new();
    let router = Router::new().route("/", get(|| async {})).layer(fixture.layer());
    let around = tracing::info_span!("around");
    read(tracing::Instrument::instrument(fixture::get(&router, "/"), around.clone()).await).await;
    drop(around);
    let span = fixture.span("http.GET /");
    assert_eq!(span.parent_span_id, None);
    assert_ne!(span.trace_id, fixture.span("around").trace_id);
}

#[tokio::test]
async fn what_is_not_sampled_is_measured_and_handed_on_all_the_same() {
    use telemetry_core::propagation::{StrictPropagator, current, inject_with};

    async fn handler() -> String {
        let mut headers = http::HeaderMap::new();
        tokio::task::yield_now().await;
        inject_with(&StrictPropagator::default(), &current(), &mut headers);
        headers.get("traceparent").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }

    for (sampling, parent) in [
        (Sampling::AlwaysOff, None),
        (Sampling::ParentBasedAlwaysOn, Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")),
    ] {
        let fixture = Fixture::sampling(sampling);
        let router = Router::new().route("/", get(handler)).layer(fixture.layer());
        let mut request = Request::get("/");
        if let Some(parent) = parent {
            request = request.header("traceparent", parent);
        }
        let response = call(&router, request.body(Body::empty()).expect("it is sound")).await;
        let told = header(&response, "traceparent").to_owned();
        let handed_on = String::from_utf8(read(response).await.to_vec()).expect("it is text");
        assert_eq!(handed_on, told, "{sampling:?}");
        // An id that starts here says that it is random.
        assert!(told.ends_with(if parent.is_some() { "-00" } else { "-02" }), "{told}");
        if let Some(parent) = parent {
            assert_eq!(told[..35], parent[..35]);
        }
        assert!(fixture.spans().is_empty(), "{}", fixture.spans());
        fixture.assert_counter(NAMES.requests, &[("path", "/"), ("status", "200")], 1.0);
    }
}
