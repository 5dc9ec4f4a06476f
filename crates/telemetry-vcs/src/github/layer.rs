//! The guard around every request of a tower client, such as octocrab's.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::call::GitHubCall;
use super::entry::GitHub;
use super::operation::GitHubOperation;
use super::target::Target;

/// Measures each request of a client of GitHub's API that is a tower service, and hands the trace on with it.
///
/// octocrab takes it by `OctocrabBuilder::with_layer`; put it there first, next to the client itself, so that it sees the
/// whole address, the token and each attempt. An answer that refuses a call for a rate limit has a
/// [`RateLimited`](crate::RateLimited) among its extensions.
///
/// ```
/// use telemetry_vcs::{GitHub, GitHubLayer};
/// use tower_layer::Layer as _;
///
/// # let client = ();
/// let client = GitHubLayer::new(GitHub::global().clone()).layer(client);
/// ```
#[derive(Debug, Clone)]
pub struct GitHubLayer {
    github: GitHub,
}

impl GitHubLayer {
    /// A layer that records into this.
    #[must_use]
    pub fn new(github: GitHub) -> Self {
        Self { github }
    }
}

impl<S> Layer<S> for GitHubLayer {
    type Service = GitHubService<S>;

    fn layer(&self, inner: S) -> GitHubService<S> {
        GitHubService { inner, github: self.github.clone() }
    }
}

/// A client of GitHub's API whose requests are measured.
#[derive(Debug, Clone)]
pub struct GitHubService<S> {
    inner: S,
    github: GitHub,
}

impl<S, B, R> Service<Request<B>> for GitHubService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = GitHubFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let operation = GitHubOperation::among(request.extensions());
        let target = Target::of_uri(request.method(), request.uri());
        let call = self.github.at(target).operation(operation).headers(request.headers()).start();
        call.inject(request.headers_mut());
        let future = call.in_scope(|| self.inner.call(request));
        GitHubFuture { future, call: Some(call) }
    }
}

pin_project! {
    /// GitHub's answer.
    #[must_use = "futures do nothing unless polled"]
    pub struct GitHubFuture<F> {
        #[pin]
        future: F,
        call: Option<GitHubCall>,
    }
}

impl<F, R, E> Future for GitHubFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let polled = match this.call.as_mut() {
            Some(call) => call.run(|| this.future.poll(cx)),
            None => this.future.poll(cx),
        };
        let mut result = ready!(polled);
        match (&mut result, this.call.take()) {
            (Ok(response), Some(call)) => {
                if let Some(refusal) = call.answered(response.status(), response.headers()) {
                    response.extensions_mut().insert(refusal);
                }
            }
            (Err(_), Some(call)) => call.fail("transport"),
            (_, None) => {}
        }
        Poll::Ready(result)
    }
}

impl<F> fmt::Debug for GitHubFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHubFuture").field("call", &self.call).finish_non_exhaustive()
    }
}
