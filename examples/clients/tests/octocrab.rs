//! octocrab, measured by the tower layer: its typed calls against a stand-in.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use octocrab::service::middleware::auth_header::AuthHeaderLayer;
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use telemetry::vcs::{GitHub, GitHubLayer, Resource};
use telemetry_testkit::TestTelemetry;
use tokio::net::TcpListener;
use tracing::Instrument as _;

const REPO: &str = "/repos/{owner}/{repo}";
const CALLS: &str = "agentpane_github_api_calls_total";
const DURATION: &str = "agentpane_github_api_duration_seconds";
const ERRORS: &str = "agentpane_errors_total";

fn octocrab(github: GitHub, base: Uri, token: HeaderValue) -> Octocrab {
    let built = OctocrabBuilder::new_empty()
        .with_service(Client::builder(TokioExecutor::new()).build_http()) // in an application: one with TLS
        .with_layer(&GitHubLayer::new(github))
        .with_layer(&BaseUriLayer::new(base.clone()))
        .with_layer(&AuthHeaderLayer::new(Some(token), base.clone(), base))
        .with_auth(AuthState::None)
        .build();
    built.unwrap_or_else(|never| match never {})
}

/// What the stand-in was asked with, as its header `authorization`.
type Asked = Arc<Mutex<Vec<HeaderValue>>>;

/// A stand-in for GitHub's API, on loopback.
async fn serve() -> (Uri, Asked) {
    let asked = Asked::default();
    let noted = Arc::clone(&asked);
    let router = Router::new().fallback(move |request: Request| {
        let noted = Arc::clone(&noted);
        async move {
            noted.lock().expect("nobody panics with it").extend(request.headers().get("authorization").cloned());
            answer(request.uri().path())
        }
    });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://{address}").parse().expect("an address"), asked)
}

fn answer(path: &str) -> Response {
    let left = |remaining: &'static str| {
        [
            ("content-type", "application/json"),
            ("x-ratelimit-limit", "5000"),
            ("x-ratelimit-remaining", remaining),
            ("x-ratelimit-reset", "4102444800"),
            ("x-ratelimit-resource", "core"),
        ]
    };
    match path {
        "/repos/o/limited" => {
            (StatusCode::FORBIDDEN, left("4000"), [("retry-after", "30")], r#"{"message":"secondary rate limit"}"#)
                .into_response()
        }
        "/repos/o/r" => (StatusCode::OK, left("4321"), r#"{"id":1,"name":"r"}"#).into_response(),
        _ => (StatusCode::NOT_FOUND, left("4320"), r#"{"message":"Not Found"}"#).into_response(),
    }
}

#[tokio::test]
async fn its_calls_are_measured_by_their_endpoints() {
    let telemetry = TestTelemetry::entered();
    let github = GitHub::new(telemetry.meter());
    let (server, asked) = serve().await;
    let octocrab = octocrab(github.clone(), server, HeaderValue::from_static("Bearer hidden"));
    let job = tracing::info_span!("job");
    let answer: serde_json::Value =
        octocrab.get("/repos/o/r", None::<&()>).instrument(job.clone()).await.expect("a repository");
    assert_eq!(answer["name"], "r");
    assert!(octocrab.pulls("o", "r").get(7).await.is_err(), "the stand-in has none");
    assert!(octocrab.get::<serde_json::Value, _, ()>("/repos/o/limited", None).await.is_err());
    drop(job);

    let metrics = telemetry.metrics();
    metrics.assert_counter(CALLS, &[("endpoint", REPO), ("status", "200")], 1.0);
    metrics.assert_counter(CALLS, &[("endpoint", REPO), ("status", "403")], 1.0);
    metrics.assert_counter(CALLS, &[("endpoint", "/repos/{owner}/{repo}/pulls/{number}"), ("status", "404")], 1.0);
    metrics.assert_histogram_count(DURATION, &[("endpoint", REPO)], 2);
    metrics.assert_counter(ERRORS, &[("error_code", "GITHUB_RATE_LIMITED"), ("component", "github")], 1.0);
    assert_eq!(github.rate_limit(Resource::Core).map(|limit| limit.remaining), Some(4_000));
    assert_eq!(*asked.lock().expect("nobody panics with it"), ["Bearer hidden"; 3]);

    // octocrab has its requests sent by a task of its own, and they are below whoever asked all the same.
    let spans = telemetry.spans();
    let below = spans.children_of(spans.one("job"));
    assert_eq!(below.iter().map(|span| span.name.as_str()).collect::<Vec<_>>(), ["external.github.repos/get"]);
    below[0].assert_attribute("server.address", "127.0.0.1");
    below[0].assert_attribute("vcs.repository.name", "r");
    assert!(!telemetry.contains_bytes("hidden"), "{}", telemetry.dump());
}

#[tokio::test]
async fn an_unreachable_server_is_an_error() {
    let telemetry = TestTelemetry::entered();
    // Nobody listens on port 1.
    let nowhere = Uri::from_static("http://127.0.0.1:1");
    let octocrab = octocrab(GitHub::new(telemetry.meter()), nowhere, HeaderValue::from_static("Bearer hidden"));
    assert!(octocrab.get::<serde_json::Value, _, ()>("/repos/o/r", None).await.is_err());
    telemetry.metrics().assert_counter(CALLS, &[("endpoint", REPO), ("status", "error")], 1.0);
    telemetry.spans().one("external.github.repos/get").assert_error(Some("transport"));
}
