//! A time limit for requests that is counted as what the client got, wherever it stands.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::header::{HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};
use pin_project_lite::pin_project;
use telemetry_core::clock;
use tokio::time::{Sleep, sleep};
use tower_layer::Layer;
use tower_service::Service;

/// When a request is given up, and what its client is answered then: left with a request by whoever stands outside of
/// [`HttpLayer`](crate::HttpLayer), so that a request that is dropped counts as what its client got, and not as one that its
/// client left.
///
/// [`TimeoutLayer`] does it. An application whose time limit is another's leaves one itself:
///
/// ```
/// use std::time::Duration;
///
/// use http::{Request, StatusCode};
/// use telemetry_http::Deadline;
///
/// let mut request = Request::new(());
/// request.extensions_mut().insert(Deadline::within(Duration::from_secs(30), StatusCode::GATEWAY_TIMEOUT));
/// ```
#[derive(Clone)]
pub struct Deadline {
    at: Instant,
    status: StatusCode,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Whether the request was given up, whatever the clock says.
    expired: AtomicBool,
    /// The headers by which the caller finds the request.
    headers: OnceLock<Vec<(HeaderName, HeaderValue)>>,
}

impl Deadline {
    /// The request is given up after that time, with this status.
    #[must_use]
    pub fn within(limit: Duration, status: StatusCode) -> Self {
        let now = clock::now();
        Self { at: now.checked_add(limit).unwrap_or(now), status, shared: Arc::default() }
    }

    /// The status that the client of a request is answered that was dropped, if that was because of this.
    pub(super) fn expired(&self) -> Option<StatusCode> {
        let expired = self.shared.expired.load(Ordering::Relaxed) || self.at <= clock::now();
        expired.then_some(self.status)
    }

    /// Has the answer to a request that is given up carry these.
    pub(super) fn keep(&self, headers: impl FnOnce() -> Vec<(HeaderName, HeaderValue)>) {
        let _kept = self.shared.headers.get_or_init(headers);
    }
}

impl fmt::Debug for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deadline").field("at", &self.at).field("status", &self.status).finish_non_exhaustive()
    }
}

/// Answers a request that takes too long with 504, or the status that is wanted, and an empty body. The time runs until the
/// head of the response is there.
///
/// Inside of [`HttpLayer`](crate::HttpLayer) and outside of it, the request counts with that status. With the time limits of
/// other crates that is so inside alone: outside, they drop the request without a word, which looks as if its client had
/// left.
///
/// ```
/// # #[cfg(feature = "axum")]
/// # {
/// use std::time::Duration;
///
/// use axum::{Router, routing::get};
/// use telemetry_http::{HttpLayer, TimeoutLayer};
///
/// let app: Router = Router::new()
///     .route("/", get(|| async { "hello" }))
///     .layer(TimeoutLayer::new(Duration::from_secs(30)))
///     .layer(HttpLayer::global().clone());
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct TimeoutLayer {
    limit: Duration,
    status: StatusCode,
}

impl TimeoutLayer {
    /// A request may take that long; then it is answered with 504 (Gateway Timeout).
    #[must_use]
    pub const fn new(limit: Duration) -> Self {
        Self { limit, status: StatusCode::GATEWAY_TIMEOUT }
    }

    /// The status of the answer, such as 408 or 503.
    #[must_use]
    pub const fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

impl<S> Layer<S> for TimeoutLayer {
    type Service = TimeoutService<S>;

    fn layer(&self, inner: S) -> TimeoutService<S> {
        TimeoutService { inner, layer: *self }
    }
}

/// A service whose requests have a time limit.
#[derive(Debug, Clone)]
pub struct TimeoutService<S> {
    inner: S,
    layer: TimeoutLayer,
}

impl<S, B, R> Service<Request<B>> for TimeoutService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = TimeoutFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let deadline = Deadline::within(self.layer.limit, self.layer.status);
        request.extensions_mut().insert(deadline.clone());
        TimeoutFuture { future: Some(self.inner.call(request)), sleep: sleep(self.layer.limit), deadline }
    }
}

pin_project! {
    /// The response of a request with a time limit.
    #[must_use = "futures do nothing unless polled"]
    pub struct TimeoutFuture<F> {
        #[pin]
        future: Option<F>,
        #[pin]
        sleep: Sleep,
        deadline: Deadline,
    }
}

impl<F, R, E> Future for TimeoutFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Default,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if let Some(future) = this.future.as_mut().as_pin_mut()
            && let Poll::Ready(response) = future.poll(cx)
        {
            return Poll::Ready(response);
        }
        if this.sleep.poll(cx).is_pending() {
            return Poll::Pending;
        }
        // Noted before the request is dropped, which is when it is counted.
        this.deadline.shared.expired.store(true, Ordering::Relaxed);
        this.future.set(None);
        let mut response = Response::new(R::default());
        *response.status_mut() = this.deadline.status;
        response.headers_mut().extend(this.deadline.shared.headers.get().cloned().unwrap_or_default());
        Poll::Ready(Ok(response))
    }
}

impl<F> fmt::Debug for TimeoutFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeoutFuture").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
