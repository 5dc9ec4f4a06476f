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
/// calls, and the call ends as the last of them does. An attempt that was given up before there was an answer, as a layer
/// with a time limit does it, is one that timed out. A request for another model is a call of its own.
///
/// It goes around a service of any type, because the attempts find their call by the task that polls them: a layer between
/// the two that moves requests into other tasks, such as a buffer, parts them, and each attempt is a call.
///
/// ```
/// use telemetry_llm::{Llm, LlmLayer, OneCallLayer};
/// use tower_layer::Layer as _;
///
/// # let (client, retry) = ((), tower_layer::Identity::new());
/// let client = LlmLayer::new(Llm::global()).layer(client);
/// let client = OneCallLayer::new().layer(retry.layer(client));
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

/// A service that sends one call for one request, in as many attempts as it takes.
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
    /// The result of the last attempt.
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
