//! The metric of the semantic conventions, on request.

use std::collections::BTreeSet;

use axum::Router;
use axum::routing::get;
use http::StatusCode;
use telemetry_core::{MeterSettings, Semconv};
use telemetry_http::{HttpLayer, HttpSettings};
use telemetry_testkit::TestTelemetry;

use crate::fixture::{self, Fixture, read};

const NAME: &str = "http.server.request.duration";

fn router(fixture: &Fixture, semconv: Option<bool>) -> Router {
    let layer = fixture.layer_with(HttpSettings { semconv, ..HttpSettings::default() });
    let broken = get(|| async { StatusCode::INTERNAL_SERVER_ERROR });
    Router::new().route("/users/{id}", get(|| async { "user" })).route("/broken", broken).layer(layer)
}

#[tokio::test]
async fn it_is_recorded_on_request_only() {
    let fixture = Fixture::new();
    read(fixture::get(&router(&fixture, None), "/users/7").await).await;
    fixture.assert_no_series(NAME, &[]);

    for path in ["/users/7", "/broken", "/nowhere"] {
        read(fixture::get(&router(&fixture, Some(true)), path).await).await;
    }
    let metrics = fixture.metrics();
    let duration = metrics.one(NAME, &[("http.route", "/users/{id}")]);
    assert_eq!(duration.unit, "s");
    assert_eq!(duration.label("http.request.method"), Some("GET"));
    assert_eq!(duration.label("url.scheme"), Some("http"));
    assert_eq!(duration.label("http.response.status_code"), Some("200"));
    // As the conventions have it the status is a whole number, here in OTLP: field 3 of a value, 200 as a varint.
    assert!(fixture.contains_bytes(b"http.response.status_code\x12\x03\x18\xc8\x01"), "{metrics}");
    assert_eq!(duration.label("error.type"), None);
    assert_eq!(duration.histogram().map(|histogram| histogram.count), Some(1));
    let broken = metrics.one(NAME, &[("http.route", "/broken")]);
    assert_eq!(broken.label("error.type"), Some("500"));
    let unmatched = metrics.one(NAME, &[("http.response.status_code", "404")]);
    assert_eq!(unmatched.label("http.route"), None, "a route that did not match is none");
}

#[tokio::test]
async fn the_meters_settings_ask_for_it_too() {
    let settings = MeterSettings { semconv: BTreeSet::from([Semconv::Http]), ..MeterSettings::default() };
    let telemetry = TestTelemetry::builder().meter_settings(settings).entered();
    let layer = HttpLayer::new(telemetry.meter()).routes(fixture::matched);
    let router = Router::new().route("/", get(|| async {})).layer(layer);
    read(fixture::get(&router, "/").await).await;
    telemetry.assert_histogram_count(NAME, &[("http.route", "/")], 1);
}
