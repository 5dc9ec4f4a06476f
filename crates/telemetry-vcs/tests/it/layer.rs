//! A client that is a tower service: each request is a call. octocrab's, which is one, is in examples/clients.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use http::{Request, Response, StatusCode};
use telemetry_vcs::{GitHubLayer, GitHubOperation, LimitKind, RateLimited};
use tower::util::BoxCloneService;
use tower::{ServiceBuilder, ServiceExt as _, service_fn};
use tracing::Instrument as _;

use crate::fixture::{CALLS, DURATION, ERRORS, Fixture, PULL, PULL_TEMPLATE};

type Client = BoxCloneService<Request<()>, Response<()>, Infallible>;

/// A client whose server answers with this status and these headers.
fn client(fixture: &Fixture, status: StatusCode, headers: &'static [(&'static str, &'static str)]) -> Client {
    let server = service_fn(move |_: Request<()>| async move {
        let mut answer = Response::new(());
        *answer.status_mut() = status;
        answer.headers_mut().extend(crate::fixture::headers(headers));
        Ok(answer)
    });
    BoxCloneService::new(ServiceBuilder::new().layer(GitHubLayer::new(fixture.github.clone())).service(server))
}

fn pull() -> Request<()> {
    Request::get(PULL).header("authorization", "Bearer hidden").body(()).expect("a request")
}

#[tokio::test]
async fn each_request_is_measured_by_its_endpoint() {
    let fixture = Fixture::new();
    let job = tracing::info_span!("job");
    let client = client(&fixture, StatusCode::OK, &[("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", "4321")]);
    let answer = client.oneshot(pull()).instrument(job.clone()).await.expect("an answer");
    drop(job);
    assert!(answer.extensions().get::<RateLimited>().is_none());
    fixture.assert_counter(CALLS, &[("endpoint", PULL_TEMPLATE), ("status", "200")], 1.0);
    fixture.metrics().assert_histogram_count(DURATION, &[("endpoint", PULL_TEMPLATE)], 1);

    let spans = fixture.spans();
    let below = spans.children_of(spans.one("job"));
    assert_eq!(below.iter().map(|span| span.name.as_str()).collect::<Vec<_>>(), ["external.github.pulls/get"]);
    fixture.assert_nowhere("hidden");
}

#[tokio::test]
async fn a_refusal_says_how_long_to_wait_and_the_application_names_its_queries() {
    let fixture = Fixture::new();
    let client = client(&fixture, StatusCode::FORBIDDEN, &[("retry-after", "30")]);
    let mut request = pull();
    request.extensions_mut().insert(GitHubOperation::from_static("viewer"));
    let answer = client.oneshot(request).await.expect("an answer");
    let limited = answer.extensions().get::<RateLimited>().expect("it is refused");
    assert_eq!((limited.kind, limited.retry_after), (LimitKind::Secondary, Duration::from_secs(30)));
    fixture.assert_counter(ERRORS, &[("error_code", "GITHUB_RATE_LIMITED"), ("component", "github")], 1.0);
    fixture.span("external.github.viewer").assert_attribute("http.response.status_code", "403");
}

#[tokio::test]
async fn what_has_no_answer_is_an_error_or_was_given_up() {
    let fixture = Fixture::new();
    let broken = service_fn(async |_: Request<()>| Err::<Response<()>, _>(io::Error::from(io::ErrorKind::BrokenPipe)));
    let layer = GitHubLayer::new(fixture.github.clone());
    assert!(ServiceBuilder::new().layer(&layer).service(broken).oneshot(pull()).await.is_err());
    fixture.assert_counter(CALLS, &[("endpoint", PULL_TEMPLATE), ("status", "error")], 1.0);
    fixture.span("external.github.pulls/get").assert_error(Some("transport"));

    let silent = service_fn(async |_: Request<()>| std::future::pending::<Result<Response<()>, Infallible>>().await);
    let mut given_up = Box::pin(ServiceBuilder::new().layer(&layer).service(silent).oneshot(pull()));
    assert!(is_pending(&mut given_up).await);
    drop(given_up);
    fixture.assert_counter(CALLS, &[("endpoint", PULL_TEMPLATE), ("status", "cancelled")], 1.0);
}

/// Polls it once: whether it is not ready yet.
async fn is_pending(future: &mut (impl Future + Unpin)) -> bool {
    std::future::poll_fn(|cx| std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(cx).is_pending())).await
}
