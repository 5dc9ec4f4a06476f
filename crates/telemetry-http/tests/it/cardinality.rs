//! Paths and methods are chosen by callers, series are not.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Method, Request};
use telemetry_http::HttpLayer;
use telemetry_testkit::TestTelemetry;

use crate::fixture::{NAMES, call, matched};

const ROUTES: [&str; 3] = ["/users/{id}", "/files/{*path}", "/health"];

fn router(telemetry: &TestTelemetry) -> Router {
    let routes = ROUTES.into_iter().fold(Router::new(), |router, route| router.route(route, get(|| async {})));
    routes.layer(HttpLayer::new(telemetry.meter()).routes(matched))
}

fn word(random: &mut fastrand::Rng) -> String {
    let length = random.usize(1..12);
    std::iter::repeat_with(|| random.alphanumeric()).take(length).collect()
}

#[tokio::test]
async fn a_hundred_thousand_random_paths_leave_the_routes_series_and_one() {
    let telemetry = TestTelemetry::new();
    let router = router(&telemetry);
    let mut random = fastrand::Rng::with_seed(5);
    for _ in 0..100_000 {
        let path = match random.u8(0..4) {
            0 => format!("/users/{}", word(&mut random)),
            1 => format!("/files/{}/{}", word(&mut random), word(&mut random)),
            2 => format!("/{}/{}", word(&mut random), word(&mut random)),
            _ => format!("/{}?q={}", word(&mut random), word(&mut random)),
        };
        drop(call(&router, Request::get(path).body(Body::empty()).expect("the path is sound")).await);
    }
    let metrics = telemetry.metrics();
    assert_eq!(metrics.total(NAMES.requests, &[]), 100_000.0);
    for name in [NAMES.requests, NAMES.duration, NAMES.request_size, NAMES.response_size] {
        let series = metrics.series_count(name);
        assert!((3..=ROUTES.len() + 1).contains(&series), "{series} series of {name}\n{metrics}");
    }
    assert!(metrics.total(NAMES.requests, &[("path", "_unmatched")]) > 40_000.0, "{metrics}");
}

#[tokio::test]
async fn whatever_the_method_there_are_ten() {
    let telemetry = TestTelemetry::new();
    let router = router(&telemetry);
    let mut random = fastrand::Rng::with_seed(6);
    let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE"].map(str::to_owned);
    let unknown = std::iter::repeat_with(|| word(&mut random).to_ascii_uppercase()).take(1_000);
    for method in known.into_iter().chain(unknown) {
        let method = Method::from_bytes(method.as_bytes()).expect("letters and digits are a method");
        let request = Request::builder().method(method).uri("/nowhere").body(Body::empty()).expect("it is sound");
        drop(call(&router, request).await);
    }
    let metrics = telemetry.metrics();
    assert_eq!(metrics.series_count(NAMES.requests), 10, "{metrics}");
    metrics.assert_counter(NAMES.requests, &[("method", "_OTHER")], 1_000.0);
    metrics.assert_absent("telemetry_series_overflow_total", &[]);
}
