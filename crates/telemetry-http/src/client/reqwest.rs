//! The guard around every request of a reqwest client.

use std::borrow::Cow;

use async_trait::async_trait;
use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{Error, Middleware, Next};
use telemetry_core::propagation::PropagatorSet;

use super::call::ExternalCall;
use super::external_operation::ExternalOperation;
use super::target::Target;
use crate::method;
use crate::propagation::Propagation;

/// Makes a span `external.{service}.{operation}` of each request of a reqwest client, and hands the trace on with it.
///
/// The operation is the [`ExternalOperation`] given to the request builder's `with_extension`, else the request's method. Put
/// it after a middleware that retries, so that each attempt is a span, or before it for one span of all of them.
///
/// ```
/// use reqwest_middleware::ClientBuilder;
/// use telemetry_http::{ExternalMiddleware, ExternalOperation};
///
/// # async fn example() -> Result<(), reqwest_middleware::Error> {
/// let client = ClientBuilder::new(reqwest::Client::new()).with(ExternalMiddleware::new("billing")).build();
/// let charge = client.post("http://billing.internal/charges");
/// charge.with_extension(ExternalOperation::from_static("charge")).send().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ExternalMiddleware {
    service: Cow<'static, str>,
    propagation: Propagation,
}

impl ExternalMiddleware {
    /// Middleware for a client of that service.
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

#[async_trait]
impl Middleware for ExternalMiddleware {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response, Error> {
        let operation = ExternalOperation::of(extensions, method::known(request.method()));
        let call = ExternalCall::to(self.service.clone(), operation).at(Target::of_reqwest(&request)).start();
        call.inject_through(&self.propagation, request.headers_mut());
        let result = call.instrument(next.run(request, extensions)).await;
        match &result {
            Ok(response) => call.answered(response.status()),
            Err(Error::Reqwest(error)) if error.is_timeout() => call.because(error).timeout(),
            Err(error) => call.because(error).fail(error_type(error)),
        }
        result
    }
}

fn error_type(error: &Error) -> &'static str {
    match error {
        Error::Reqwest(error) if error.is_connect() => "connection",
        Error::Reqwest(_) => "transport",
        Error::Middleware(_) => "middleware",
    }
}
