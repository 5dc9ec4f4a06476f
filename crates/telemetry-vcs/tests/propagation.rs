//! A process whose propagator is set, as `telemetry::init` does it: GitHub is sent the trace.
#![cfg(all(feature = "reqwest", feature = "tower"))]

use std::convert::Infallible;

use http::{HeaderMap, Request, Response};
use telemetry_core::propagation::{PropagatorSet, StrictPropagator};
use telemetry_testkit::TestTelemetry;
use telemetry_vcs::{GitHub, GitHubLayer, GitHubMiddleware};
use tower::{ServiceBuilder, ServiceExt as _, service_fn};

#[tokio::test]
async fn a_request_carries_the_trace_of_its_span() {
    opentelemetry::global::set_text_map_propagator(StrictPropagator::new(PropagatorSet::ALL));
    let telemetry = TestTelemetry::entered();
    let github = GitHub::new(telemetry.meter());

    let echo = service_fn(async |request: Request<()>| Ok::<_, Infallible>(Response::new(request.headers().clone())));
    let client = ServiceBuilder::new().layer(GitHubLayer::new(github.clone())).service(echo);
    let request = Request::get("https://api.github.com/repos/o/r").body(()).expect("a request");
    let by_layer = client.oneshot(request).await.expect("an answer").into_body();

    let (sender, sent) = std::sync::mpsc::channel();
    let server = axum::Router::new().fallback(async move |headers: HeaderMap| drop(sender.send(headers)));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, server).await });
    let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new()).with(GitHubMiddleware::new(github));
    client.build().get(format!("http://{address}/user")).send().await.expect("an answer");
    let by_middleware = sent.try_recv().expect("it was asked");

    let spans = telemetry.spans();
    for (name, headers) in
        [("external.github.repos/get", by_layer), ("external.github.users/get-authenticated", by_middleware)]
    {
        let span = spans.one(name);
        let parent = headers["traceparent"].to_str().expect("text");
        assert!(parent.starts_with(&format!("00-{}-{}-", span.trace_id, span.span_id)), "{parent} of {span}");
    }
}
