//! The guard around every request of a tower client.

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use telemetry_core::propagation::PropagatorSet;
use tower_layer::Layer;
use tower_service::Service;

use super::call::ExternalCall;
use super::external_operation::ExternalOperation;
use super::target::Target;
use crate::method;
use crate::propagation::Propagation;

/// Makes a span `external.{service}.{operation}` of each request that a client sends, and hands the trace on with it.
///
/// The operation is the [`ExternalOperation`] among the request's extensions, else its method. The span ends with the head of
/// the response.
///
/// ```
/// use telemetry_http::ExternalLayer;
/// use tower_layer::Layer as _;
///
/// # let client = ();
/// let github = ExternalLayer::new("github").layer(client);
/// ```
#[derive(Debug, Clone)]
pub struct ExternalLayer {
    service: Cow<'static, str>,
    propagation: Propagation,
}

impl ExternalLayer {
    /// A layer for a client of that service.
    #[must_use]
    pub fn new(service: impl Into<Cow<'static, str>>) -> Self {
        Self { service: service.into(), propagation: Propagation::default() }
    }

    /// Sends these headers instead of what the process's propagator writes.
    #[must_use]
    pub fn propagators(self, set: PropagatorSet) -> Self {
        Self { propagation: Propagation::of(set), ..self }
    }
}

impl<S> Layer<S> for ExternalLayer {
    type Service = ExternalService<S>;

    fn layer(&self, inner: S) -> ExternalService<S> {
        ExternalService { inner, layer: self.clone() }
    }
}

/// A client whose requests are spans.
#[derive(Debug, Clone)]
pub struct ExternalService<S> {
    inner: S,
    layer: ExternalLayer,
}

impl<S, B, R> Service<Request<B>> for ExternalService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ExternalFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let ExternalLayer { service, propagation } = &self.layer;
        let operation = ExternalOperation::of(request.extensions(), method::known(request.method()));
        let target = Target::of(request.method(), request.uri());
        let call = ExternalCall::to(service.clone(), operation).at(target).start();
        call.inject_through(propagation, request.headers_mut());
        let future = call.in_scope(|| self.inner.call(request));
        ExternalFuture { future, call: Some(call) }
    }
}

pin_project! {
    /// The response of another service.
    #[must_use = "futures do nothing unless polled"]
    pub struct ExternalFuture<F> {
        #[pin]
        future: F,
        call: Option<ExternalCall>,
    }
}

impl<F, R, E> Future for ExternalFuture<F>
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
        let result = ready!(polled);
        match (&result, this.call.take()) {
            (Ok(response), Some(call)) => call.answered(response.status()),
            (Err(_), Some(call)) => call.fail("transport"),
            (_, None) => {}
        }
        Poll::Ready(result)
    }
}

impl<F> fmt::Debug for ExternalFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalFuture").field("call", &self.call).finish_non_exhaustive()
    }
}
