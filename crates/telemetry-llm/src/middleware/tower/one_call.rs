//! The layer around what tries again: what it sends is one call.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::middleware::attempts::OneCall;

/// Makes one call of what a service sends for one request: put it around a layer that tries again, with
/// [`LlmLayer`](crate::LlmLayer) below that.
///
/// Each request to a provider is then an attempt. Those that another one follows count as errors of the provider and not as
/// calls, and the call ends as the last of them does. What passes between an attempt that met a rate limit and the next one
/// is a wait because of it.
///
/// - An attempt that was given up before there was an answer, as a layer with a time limit does it, is one that timed out. One
///   that was given up because another one beside it was answered first is a call of its own that was cancelled.
/// - A request for another model is a call of its own, and so is one that follows an answer.
/// - A time limit around the whole belongs inside of this layer: then it is a call that timed out. Outside of it, it is a call
///   that nobody waits for any more, which is cancelled.
///
/// It goes around a service of any type, because the attempts find their call by the task that polls them: a layer between
/// the two that moves requests into other tasks, such as a buffer, parts them, and each attempt is a call.
///
/// ```
/// use std::future::{Ready, ready};
///
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use hyper_util::client::legacy::Client;
/// use hyper_util::rt::TokioExecutor;
/// use telemetry_llm::{Llm, LlmLayer, OneCallLayer};
/// use tower::ServiceBuilder;
/// use tower::retry::{Policy, RetryLayer};
///
/// /// Tries so often, as long as the provider is overloaded.
/// #[derive(Clone)]
/// struct Attempts(usize);
///
/// impl<R: Clone, B, E> Policy<Request<R>, Response<B>, E> for Attempts {
///     type Future = Ready<()>;
///
///     fn retry(&mut self, _: &mut Request<R>, result: &mut Result<Response<B>, E>) -> Option<Ready<()>> {
///         self.0 = self.0.saturating_sub(1);
///         let is_overloaded = result.as_ref().is_ok_and(|response| matches!(response.status().as_u16(), 429 | 503 | 529));
///         (is_overloaded && self.0 > 0).then(|| ready(()))
///     }
///
///     fn clone_request(&mut self, request: &Request<R>) -> Option<Request<R>> {
///         Some(request.clone())
///     }
/// }
///
/// let client = ServiceBuilder::new()
///     .layer(OneCallLayer::new())
///     .layer(RetryLayer::new(Attempts(3)))
///     .layer(LlmLayer::new(Llm::global()))
///     .service(Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>());
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct OneCallLayer {}

impl OneCallLayer {
    /// The layer.
    #[must_use]
    pub fn new() -> Self {
        Self {}
    }
}

impl<S> Layer<S> for OneCallLayer {
    type Service = OneCallService<S>;

    fn layer(&self, inner: S) -> OneCallService<S> {
        OneCallService { inner }
    }
}

/// A service that sends one call for one request, in as many attempts as it takes: what [`OneCallLayer`] makes of one.
#[derive(Debug, Clone)]
pub struct OneCallService<S> {
    inner: S,
}

impl<S: Service<R>, R> Service<R> for OneCallService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = OneCallFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let one = Awaited(OneCall::new());
        OneCallFuture { future: one.0.run(|| self.inner.call(request)), one }
    }
}

pin_project! {
    /// The result of the last attempt, for which [`OneCallService`] waits. Dropped before there is one, the call is cancelled.
    #[must_use = "futures do nothing unless polled"]
    pub struct OneCallFuture<F> {
        // It is dropped first: an attempt that is under way then belongs to a call that nobody waits for.
        #[pin]
        future: F,
        one: Awaited,
    }
}

/// A call that someone waits for until this is dropped.
struct Awaited(OneCall);

impl Drop for Awaited {
    fn drop(&mut self) {
        self.0.give_up();
    }
}

impl<F: Future> Future for OneCallFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let result = ready!(this.one.0.run(|| this.future.poll(context)));
        this.one.0.over();
        Poll::Ready(result)
    }
}

impl<F> fmt::Debug for OneCallFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneCallFuture").finish_non_exhaustive()
    }
}
