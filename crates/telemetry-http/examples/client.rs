//! Calls of other services: by reqwest, and by hand. The server is measured too, so that one trace goes across both.
#![expect(clippy::print_stdout, reason = "it shows what it does")]

use std::net::Ipv4Addr;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use reqwest_middleware::ClientBuilder;
use telemetry_core::propagation::PropagatorSet;
use telemetry_http::{ExternalCall, ExternalMiddleware, ExternalOperation, HttpLayer, HttpSettings};
use telemetry_testkit::TestTelemetry;
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In an application: `Telemetry::builder("…").from_env()?.init()?`, which installs the propagator too. Here it is told.
    let telemetry = TestTelemetry::entered();
    let w3c = PropagatorSet::ALL;

    let settings = HttpSettings { propagators: Some(w3c), ..HttpSettings::default() };
    let issues = post(|| async { (StatusCode::CREATED, "an issue") });
    let app = Router::new()
        .route("/repos/{owner}/{repo}/issues", issues)
        .layer(HttpLayer::with_settings(telemetry.meter(), settings)?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });

    let middleware = ExternalMiddleware::new("github").propagators(w3c);
    let github = ClientBuilder::new(reqwest::Client::new()).with(middleware).build();
    let request = github.post(format!("http://{address}/repos/o/r/issues"));
    let answer = request.with_extension(ExternalOperation::from_static("create_issue")).send().await?;
    println!("github answered {}: {}\n", answer.status(), answer.text().await?);

    let call = ExternalCall::start("billing", "charge");
    let mut headers = HeaderMap::new();
    call.inject(&mut headers);
    match call.instrument(charge(headers)).await {
        Ok(()) => call.succeed(),
        Err(Refused) => call.fail("card_refused"),
    }

    println!("{}\n{}", telemetry.spans(), telemetry.logs());
    let (sent, answered) =
        (telemetry.span("external.github.create_issue"), telemetry.span("http.POST /repos/{owner}/{repo}/issues"));
    println!("one trace: {}", sent.trace_id == answered.trace_id);
    Ok(())
}

struct Refused;

/// A client of another kind.
async fn charge(_headers: HeaderMap) -> Result<(), Refused> {
    tracing::info!("the card is refused");
    Err(Refused)
}
