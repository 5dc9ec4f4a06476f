//! Every log line of a request carries its id, sampled or not.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Request;
use serde_json::Value;
use telemetry_core::trace::{Sampling, scoped};
use tracing_subscriber::fmt::MakeWriter;

use crate::fixture::{Fixture, call, read};
use crate::script::{Script, Step};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics in here").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Lines {
    fn read(&self) -> Vec<Value> {
        let text = self.0.lock().expect("no test panics in here").clone();
        let text = String::from_utf8(text).expect("log lines are text");
        text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
    }
}

async fn handler() -> Body {
    tracing::info!("before");
    tokio::task::yield_now().await;
    tracing::info!("after");
    Script::body(&[Step::Log("while streaming")])
}

#[tokio::test]
async fn every_line_has_the_id() {
    for sampling in [Sampling::AlwaysOn, Sampling::AlwaysOff] {
        let fixture = Fixture::sampling(sampling);
        let router = Router::new().route("/", get(handler)).layer(fixture.layer());
        let lines = Lines::default();
        let subscriber =
            tracing_subscriber::fmt().json().with_max_level(tracing::Level::DEBUG).with_writer(lines.clone()).finish();
        let _sampling = scoped(sampling);
        let _subscriber = tracing::subscriber::set_default(subscriber);
        for id in ["first", "second"] {
            let request = Request::get("/").header("x-request-id", id).body(Body::empty()).expect("it is sound");
            read(call(&router, request).await).await;
        }
        tracing::info!("outside");

        let said = |id: &str| {
            let mut lines = lines.read();
            lines.retain(|line| line["span"]["request_id"] == id);
            let messages = lines.iter().map(|line| line["fields"]["message"].as_str().unwrap_or_default().to_owned());
            messages.collect::<Vec<_>>()
        };
        for id in ["first", "second"] {
            assert_eq!(said(id), ["before", "after", "while streaming", "request ended"], "{sampling:?}");
        }
        let outside = lines.read().pop().expect("there are lines");
        assert_eq!((&outside["fields"]["message"], &outside["span"]), (&"outside".into(), &Value::Null));
    }
}

#[tokio::test]
async fn the_line_of_a_request_tells_how_it_went() {
    use http::StatusCode;

    for sampling in [Sampling::AlwaysOn, Sampling::AlwaysOff] {
        let fixture = Fixture::sampling(sampling);
        let router = Router::new()
            .route("/fine", get(|| async { "fine" }))
            .route("/broken", get(|| async { (StatusCode::BAD_GATEWAY, "broken") }))
            .layer(fixture.layer());
        read(crate::fixture::get(&router, "/fine").await).await;
        read(crate::fixture::get(&router, "/broken").await).await;
        let logs = fixture.logs();
        let ended = logs.one("request ended");
        assert_eq!(ended.severity, "DEBUG");
        for (key, value) in
            [("method", "GET"), ("route", "/fine"), ("status", "200"), ("outcome", "success"), ("sent", "4")]
        {
            ended.assert_attribute(key, value);
        }
        let failed = logs.one("request failed");
        assert_eq!(failed.severity, "ERROR");
        for (key, value) in [("route", "/broken"), ("status", "502"), ("outcome", "error"), ("error_type", "502")] {
            failed.assert_attribute(key, value);
        }
    }
}

#[tokio::test]
async fn what_is_known_of_a_request_reaches_every_subscriber() {
    let fixture = Fixture::new();
    let router = Router::new().route("/users/{id}", get(|| async { "hello" })).layer(fixture.layer());
    let lines = Lines::default();
    let subscriber =
        tracing_subscriber::fmt().json().with_max_level(tracing::Level::DEBUG).with_writer(lines.clone()).finish();
    // No bridge to OpenTelemetry: what is there are the fields of the span.
    let _subscriber = tracing::subscriber::set_default(subscriber);
    let request = Request::get("/users/7").header("host", "shop.example:8443").body(Body::from("unread"));
    read(call(&router, request.expect("it is sound")).await).await;
    let ended = lines.read().pop().expect("there are lines");
    let span = &ended["span"];
    for (field, value) in [
        ("otel.kind", Value::from("server")),
        ("http.request.method", "GET".into()),
        ("http.route", "/users/{id}".into()),
        ("http.response.status_code", 200.into()),
        ("http.response.body.size", 5.into()),
        ("http.request.body.size", 0.into()),
        ("server.address", "shop.example".into()),
        ("server.port", 8443.into()),
        ("outcome", "success".into()),
    ] {
        assert_eq!(span[field], value, "{field}\n{ended}");
    }
}
