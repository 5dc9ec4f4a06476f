//! Time limits around and inside of the layer: what counts is what the client got.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Request, StatusCode};
use telemetry_http::{Deadline, TimeoutLayer};
use tokio::time::timeout;

use crate::fixture::{self, Fixture, NAMES, call, header};

fn hanging() -> Router {
    Router::new().route("/", get(std::future::pending::<()>)).route("/quick", get(|| async { "quick" }))
}

#[tokio::test(start_paused = true)]
async fn a_time_limit_counts_the_same_outside_and_inside() {
    let limit = TimeoutLayer::new(Duration::from_secs(30));
    for (status, label, outcome) in
        [(StatusCode::GATEWAY_TIMEOUT, "504", "error"), (StatusCode::REQUEST_TIMEOUT, "408", "success")]
    {
        for outside in [true, false] {
            let fixture = Fixture::new();
            let limit = limit.status(status);
            let router = match outside {
                true => hanging().layer(fixture.layer()).layer(limit),
                false => hanging().layer(limit).layer(fixture.layer()),
            };
            let response = fixture::get(&router, "/").await;
            assert_eq!(response.status(), status);
            assert_eq!(header(&response, "x-request-id").len(), 36, "the caller finds the request in both");
            header(&response, "traceparent");
            fixture::read(response).await;
            fixture.assert_counted("GET", "/", label);
            let span = fixture.span("http.GET /");
            span.assert_attribute("outcome", outcome);
            span.assert_attribute("http.response.status_code", status.as_str());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_quick_is_not_limited() {
    let fixture = Fixture::new();
    let router = hanging().layer(fixture.layer()).layer(TimeoutLayer::new(Duration::from_secs(30)));
    assert_eq!(fixture::read(fixture::get(&router, "/quick").await).await, "quick");
    fixture.assert_counted("GET", "/quick", "200");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_before_the_limit_has_left() {
    let fixture = Fixture::new();
    let router = hanging().layer(fixture.layer()).layer(TimeoutLayer::new(Duration::from_secs(30)));
    assert!(timeout(Duration::from_secs(1), fixture::get(&router, "/")).await.is_err());
    fixture.assert_counted("GET", "/", "499");
}

#[tokio::test]
async fn the_limit_of_another_layer_is_told_by_what_it_leaves_with_the_request() {
    for (limit, label) in [(Duration::ZERO, "503"), (Duration::from_secs(3600), "499")] {
        let fixture = Fixture::new();
        let router = hanging().layer(fixture.layer());
        let mut request = Request::get("/").body(Body::empty()).unwrap();
        request.extensions_mut().insert(Deadline::within(limit, StatusCode::SERVICE_UNAVAILABLE));
        let mut asked = Box::pin(call(&router, request));
        assert!(futures_util::poll!(asked.as_mut()).is_pending());
        drop(asked);
        fixture.assert_counter(NAMES.requests, &[("status", label)], 1.0);
    }
}
