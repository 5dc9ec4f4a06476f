//! The guard of one call of another service.

use std::fmt;
use std::time::Instant;

use http::{HeaderMap, StatusCode};
use telemetry_core::trace::ActiveSpan;
use tracing::field::Empty;

use super::target::Target;
use crate::propagation::Propagation;

/// One call of another service: a guard with the span `external.{service}.{operation}`.
///
/// [`ExternalLayer`](super::ExternalLayer) and the middleware for reqwest make one of each request; for a client of
/// another kind it is made by hand. Dropped before it has ended, it is recorded as cancelled and as no error.
///
/// ```
/// use http::{HeaderMap, StatusCode};
/// use telemetry_http::ExternalCall;
///
/// # async fn send(_: HeaderMap) -> Result<StatusCode, std::io::Error> { Ok(StatusCode::OK) }
/// # async fn example() -> Result<(), std::io::Error> {
/// let call = ExternalCall::start("billing", "charge");
/// let mut headers = HeaderMap::new();
/// call.inject(&mut headers);
/// match call.instrument(send(headers)).await {
///     Ok(status) => call.answered(status),
///     Err(error) => {
///         call.failed("connection");
///         return Err(error);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "dropped at once, the call counts as cancelled"]
pub struct ExternalCall {
    service: String,
    operation: String,
    started: Instant,
    span: ActiveSpan,
    ended: bool,
}

impl ExternalCall {
    /// Starts a call of a service, such as `github`, for an operation, such as `create_issue`.
    pub fn start(service: &str, operation: &str) -> Self {
        Self::to(service, operation, Target::default())
    }

    pub(super) fn to(service: &str, operation: &str, target: Target<'_>) -> Self {
        let span = ActiveSpan::start(|| {
            tracing::info_span!(
                "external",
                otel.name = format_args!("external.{service}.{operation}"),
                otel.kind = "client",
                otel.status_code = Empty,
                peer.service = service,
                external.operation = operation,
                outcome = Empty,
                http.request.method = target.method,
                http.request.method_original = target.original_method,
                http.response.status_code = Empty,
                url.full = target.url(),
                server.address = target.host,
                server.port = target.port().map(i64::from),
                error.r#type = Empty,
            )
        });
        let (service, operation) = (service.to_owned(), operation.to_owned());
        Self { service, operation, started: Instant::now(), span, ended: false }
    }

    /// Writes the trace's context into the headers that are sent, through the process's propagator.
    pub fn inject(&self, headers: &mut HeaderMap) {
        self.inject_through(&Propagation::default(), headers);
    }

    pub(super) fn inject_through(&self, propagation: &Propagation, headers: &mut HeaderMap) {
        propagation.inject(&self.span.context(), headers);
    }

    /// The call's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        &self.span
    }

    /// Runs the call within its span.
    pub fn instrument<F: Future>(&self, call: F) -> impl Future<Output = F::Output> + use<F> {
        self.span.instrument(call)
    }

    /// Ends the call with the status that the service answered; from 400 on that is an error.
    pub fn answered(mut self, status: StatusCode) {
        self.ended = true;
        self.span.record("http.response.status_code", i64::from(status.as_u16()));
        let failed = status.is_client_error() || status.is_server_error();
        self.end(if failed { "error" } else { "success" }, failed.then(|| status.as_str()));
    }

    /// Ends the call as one without an answer, with an error type of one word's choice: `timeout`, `connection`.
    pub fn failed(mut self, error_type: &str) {
        self.ended = true;
        self.end("error", Some(error_type));
    }

    fn end(&self, outcome: &str, error_type: Option<&str>) {
        self.span.record("outcome", outcome);
        if let Some(error_type) = error_type {
            self.span.record("error.type", error_type).record("otel.status_code", "ERROR");
        }
        let (service, operation) = (self.service.as_str(), self.operation.as_str());
        let duration_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.span.in_scope(|| match error_type {
            Some(error_type) => {
                tracing::warn!(service, operation, outcome, error_type, duration_ms, "external call failed");
            }
            None => tracing::debug!(service, operation, outcome, duration_ms, "external call ended"),
        });
    }
}

impl Drop for ExternalCall {
    fn drop(&mut self) {
        if !self.ended {
            self.end("cancelled", None);
        }
    }
}

impl fmt::Debug for ExternalCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalCall")
            .field("service", &self.service)
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}
