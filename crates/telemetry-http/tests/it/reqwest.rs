//! A reqwest client against a real server: one trace across both.

use axum::Router;
use axum::routing::get;
use http::StatusCode;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use telemetry_core::propagation::PropagatorSet;
use telemetry_http::{ExternalMiddleware, ExternalOperation};

use crate::fixture::Fixture;
use crate::wire;

fn client() -> ClientWithMiddleware {
    let middleware = ExternalMiddleware::new("orders").propagators(PropagatorSet::ALL);
    ClientBuilder::new(reqwest::Client::new()).with(middleware).build()
}

#[tokio::test]
async fn the_servers_span_is_the_clients_child() {
    let fixture = Fixture::new();
    let router = Router::new().route("/orders/{id}", get(|| async { StatusCode::NOT_FOUND })).layer(fixture.layer());
    let server = wire::serve(router).await;
    let request = client().get(format!("http://{server}/orders/7?token=hidden"));
    let response =
        request.with_extension(ExternalOperation::from_static("look_up")).send().await.expect("it is answered");
    assert_eq!(response.status(), StatusCode::NOT_FOUND);

    let (called, served) = (fixture.span("external.orders.look_up"), fixture.span("http.GET /orders/{id}"));
    assert_eq!((&served.trace_id, served.parent_span_id.as_ref()), (&called.trace_id, Some(&called.span_id)));
    called.assert_attribute("error.type", "404");
    called.assert_attribute("server.port", &server.port().to_string());
    called.assert_attribute("url.full", &format!("http://{server}/orders/7"));
    fixture.assert_nowhere("hidden");
}

#[tokio::test]
async fn an_unreachable_service_is_told() {
    let fixture = Fixture::new();
    // Nobody listens on port 1.
    assert!(client().get("http://127.0.0.1:1/").send().await.is_err());
    let span = fixture.span("external.orders.GET");
    span.assert_attribute("error.type", "connection");
    assert!(span.is_error());
}
