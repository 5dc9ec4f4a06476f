//! The conventions say which attributes are whole numbers; a query compares no text with them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Request, StatusCode};
use opentelemetry::Value;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, Span, SpanData, SpanProcessor};
use telemetry_core::Meter;
use telemetry_http::{ExternalCall, HttpLayer};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::fixture::{call, read};

#[derive(Debug, Clone, Default)]
struct Keep(Arc<Mutex<Vec<SpanData>>>);

impl SpanProcessor for Keep {
    fn on_start(&self, _: &mut Span, _: &opentelemetry::Context) {}

    fn on_end(&self, span: SpanData) {
        self.0.lock().expect("no test panics here").push(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

#[tokio::test]
async fn whole_numbers_are_no_text() {
    let kept = Keep::default();
    let provider = SdkTracerProvider::builder().with_span_processor(kept.clone()).build();
    let bridge = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _subscriber = tracing::subscriber::set_default(Registry::default().with(bridge));

    let router = Router::new().route("/", get(|| async { "hello" })).layer(HttpLayer::new(&Meter::noop()));
    let request = Request::get("/").header("host", "shop.example:8443").body(Body::from("unread"));
    read(call(&router, request.expect("it is sound")).await).await;
    ExternalCall::start("github", "create_issue").answered(StatusCode::CREATED);

    let spans = kept.0.lock().expect("no test panics here");
    let [server, client] = &spans[..] else { panic!("{spans:?}") };
    let value = |span: &SpanData, key: &str| {
        let found = span.attributes.iter().find(|attribute| attribute.key.as_str() == key);
        found.unwrap_or_else(|| panic!("no {key}")).value.clone()
    };
    for (key, expected) in [
        ("http.status_code", 200),
        ("http.response.status_code", 200),
        ("http.response.body.size", 5),
        ("http.request.body.size", 0),
        ("server.port", 8443),
    ] {
        assert_eq!(value(server, key), Value::I64(expected), "{key}");
    }
    assert_eq!(value(client, "http.response.status_code"), Value::I64(201));
}
