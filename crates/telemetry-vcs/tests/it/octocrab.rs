//! octocrab, measured by the tower layer: its typed calls against a stand-in.

use http::{HeaderValue, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use octocrab::service::middleware::auth_header::AuthHeaderLayer;
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use telemetry_vcs::{GitHubLayer, Resource};
use tracing::Instrument as _;

use crate::fixture::{CALLS, DURATION, ERRORS, Fixture};
use crate::stand_in;

const REPO: &str = "/repos/{owner}/{repo}";

/// As an application builds it: the layer next to the client, below those that complete the request.
fn octocrab(fixture: &Fixture, server: std::net::SocketAddr) -> Octocrab {
    let base: Uri = format!("http://{server}").parse().expect("an address");
    let token = HeaderValue::from_static("Bearer hidden");
    let built = OctocrabBuilder::new_empty()
        .with_service(Client::builder(TokioExecutor::new()).build_http())
        .with_layer(&GitHubLayer::new(fixture.github.clone()))
        .with_layer(&BaseUriLayer::new(base.clone()))
        .with_layer(&AuthHeaderLayer::new(Some(token), base.clone(), base))
        .with_auth(AuthState::None)
        .build();
    built.unwrap_or_else(|never| match never {})
}

#[tokio::test]
async fn its_calls_are_measured_by_their_endpoints() {
    let fixture = Fixture::new();
    let (server, asked) = stand_in::serve().await;
    let octocrab = octocrab(&fixture, server);
    let job = tracing::info_span!("job");
    let answer: serde_json::Value =
        octocrab.get("/repos/o/r", None::<&()>).instrument(job.clone()).await.expect("a repository");
    assert_eq!(answer["name"], "r");
    assert!(octocrab.pulls("o", "r").get(7).await.is_err(), "the stand-in has none");
    assert!(octocrab.get::<serde_json::Value, _, ()>("/repos/o/limited", None).await.is_err());
    drop(job);

    let metrics = fixture.metrics();
    metrics.assert_counter(CALLS, &[("endpoint", REPO), ("status", "200")], 1.0);
    metrics.assert_counter(CALLS, &[("endpoint", REPO), ("status", "403")], 1.0);
    metrics.assert_counter(CALLS, &[("endpoint", "/repos/{owner}/{repo}/pulls/{number}"), ("status", "404")], 1.0);
    metrics.assert_histogram_count(DURATION, &[("endpoint", REPO)], 2);
    metrics.assert_counter(ERRORS, &[("error_code", "GITHUB_RATE_LIMITED"), ("component", "github")], 1.0);
    assert_eq!(fixture.github.rate_limit(Resource::Core).map(|limit| limit.remaining), Some(4_000));
    let seen = asked
        .lock()
        .expect("nobody panics with it")
        .iter()
        .map(|headers| headers["authorization"].clone())
        .collect::<Vec<_>>();
    assert_eq!(seen, ["Bearer hidden"; 3]);

    // octocrab has its requests sent by a task of its own, and they are below whoever asked all the same.
    let spans = fixture.spans();
    let job = spans.one("job");
    let below = spans.children_of(job);
    assert_eq!(below.iter().map(|span| span.name.as_str()).collect::<Vec<_>>(), ["external.github.repos/get"]);
    below[0].assert_attribute("server.address", "127.0.0.1");
    below[0].assert_attribute("vcs.repository.name", "r");
    fixture.assert_nowhere("hidden");
}

#[tokio::test]
async fn an_unreachable_server_is_an_error() {
    let fixture = Fixture::new();
    // Nobody listens on port 1.
    let octocrab = octocrab(&fixture, ([127, 0, 0, 1], 1).into());
    assert!(octocrab.get::<serde_json::Value, _, ()>("/repos/o/r", None).await.is_err());
    fixture.assert_counter(CALLS, &[("endpoint", REPO), ("status", "error")], 1.0);
    fixture.span("external.github.repos/get").assert_error(Some("transport"));
}
