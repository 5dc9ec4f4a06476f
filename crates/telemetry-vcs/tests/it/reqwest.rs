//! A reqwest client against a stand-in: each attempt is a call, and its trace goes on.

use std::time::Duration;

use http::StatusCode;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use telemetry_vcs::{GitHubMiddleware, GitHubOperation, LimitKind, RateLimited, Resource};

use crate::fixture::{CALLS, DURATION, ERRORS, Fixture, REMAINING};
use crate::stand_in;

const REPO: &str = "/repos/{owner}/{repo}";

fn client(fixture: &Fixture) -> ClientWithMiddleware {
    ClientBuilder::new(reqwest::Client::new()).with(GitHubMiddleware::new(fixture.github.clone())).build()
}

#[tokio::test]
async fn each_request_is_measured_by_its_endpoint() {
    let fixture = Fixture::new();
    let server = stand_in::serve().await;
    let client = client(&fixture);
    let repo = format!("http://{server}/repos/o/r");
    assert_eq!(client.get(&repo).send().await.expect("an answer").status(), StatusCode::OK);
    let conditional = client.get(&repo).header("if-none-match", "\"one\"").send().await.expect("an answer");
    assert_eq!(conditional.status(), StatusCode::NOT_MODIFIED);
    let lost = client.get(format!("http://{server}/nowhere?token=hidden")).send().await.expect("an answer");
    assert_eq!(lost.status(), StatusCode::NOT_FOUND);

    let metrics = fixture.metrics();
    for (endpoint, status) in [(REPO, "200"), (REPO, "304"), ("_unmatched", "404")] {
        metrics.assert_counter(CALLS, &[("endpoint", endpoint), ("status", status)], 1.0);
    }
    metrics.assert_histogram_count(DURATION, &[("endpoint", REPO)], 2);
    metrics.assert_gauge(REMAINING, &[], 4_320.0);
    metrics.assert_total(ERRORS, &[], 0.0);
    let span = fixture.spans().named("external.github.repos/get").first().map(|span| (*span).clone()).expect("a span");
    span.assert_attribute("server.port", &server.port().to_string());
    span.assert_attribute("github.rate_limit.remaining", "4321");
    fixture.assert_nowhere("hidden");
}

#[tokio::test]
async fn a_refusal_says_how_long_to_wait() {
    let fixture = Fixture::new();
    let server = stand_in::serve().await;
    let response = client(&fixture).get(format!("http://{server}/repos/o/limited")).send().await.expect("an answer");
    let limited = response.extensions().get::<RateLimited>().copied();
    let expected =
        RateLimited { kind: LimitKind::Secondary, resource: Resource::Core, retry_after: Duration::from_secs(30) };
    assert_eq!(limited, Some(expected));
    assert!(response.text().await.expect("a body").contains("secondary rate limit"), "the body is the caller's");
    fixture.assert_counter(ERRORS, &[("error_code", "GITHUB_RATE_LIMITED"), ("component", "github")], 1.0);
}

#[tokio::test]
async fn the_application_names_its_queries() {
    let fixture = Fixture::new();
    let server = stand_in::serve().await;
    let query = client(&fixture).post(format!("http://{server}/graphql"));
    query.with_extension(GitHubOperation::from_static("viewer")).send().await.expect("an answer");
    fixture.span("external.github.viewer").assert_attribute("url.template", "/graphql");
}

#[tokio::test]
async fn an_unreachable_server_and_a_slow_one_are_told_apart() {
    let fixture = Fixture::new();
    // Nobody listens on port 1.
    assert!(client(&fixture).get("http://127.0.0.1:1/repos/o/r").send().await.is_err());
    // Nobody answers here.
    let silent = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = silent.local_addr().expect("an address");
    let slow = client(&fixture).get(format!("http://{address}/repos/o/r/pulls")).timeout(Duration::from_millis(20));
    assert!(slow.send().await.is_err());
    fixture.span("external.github.repos/get").assert_error(Some("connection"));
    fixture.span("external.github.pulls/list").assert_error(Some("timeout"));
    fixture.assert_total(CALLS, &[("status", "error")], 2.0);
}
