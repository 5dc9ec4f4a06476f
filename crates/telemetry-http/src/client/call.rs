//! The guard of one call of another service.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use http::{HeaderMap, Method, StatusCode, Uri};
use telemetry_core::propagation::{Allowed, Destinations};
use telemetry_core::text::{NAME, cut};
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Dropped, End, Operation, end_event, operation_span};
use tracing::field::Empty;

use super::target::Target;
use crate::propagation::Propagation;

/// One call of another service: a guard with the span `external.{service}.{operation}`.
///
/// [`ExternalLayer`](super::ExternalLayer) and the middleware for reqwest make one of each request; for a client of
/// another kind it is made by hand. It is owned, so that it goes into a spawned task.
///
/// | end | outcome | span and log |
/// |---|---|---|
/// | [`succeed`](Self::succeed), [`answered`](Self::answered) below 400 | `success` | DEBUG |
/// | [`fail`](Self::fail), [`answered`](Self::answered) from 400 on | `error` | error with its type, WARN |
/// | [`timeout`](Self::timeout) | `timeout` | error `timeout`, WARN |
/// | [`cancel`](Self::cancel), dropped | `cancelled` | no error, DEBUG |
/// | dropped by a panic | `cancelled` | error `panic`, ERROR: a failure of whoever calls, not of the service |
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
///         call.because(&error).fail("connection");
///         return Err(error);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "dropped at once, the call counts as cancelled"]
pub struct ExternalCall {
    service: Cow<'static, str>,
    name: Cow<'static, str>,
    operation: Operation,
    /// What of the context may go to its host.
    allowed: Allowed,
    /// Why it fails, if it does.
    why: Option<String>,
}

/// A call of another service before its start: [`ExternalCall::to`].
#[derive(Debug, Clone)]
#[must_use = "nothing is recorded before `start`"]
pub struct ExternalStart<'a> {
    service: Cow<'static, str>,
    name: Cow<'static, str>,
    target: Target<'a>,
}

impl ExternalCall {
    /// Prepares a call of a service, such as `github`, for an operation, such as `create_issue`. Names that are known when
    /// the program is compiled are not copied; others are cut to 256 bytes.
    ///
    /// ```
    /// use http::{Method, Uri};
    /// use telemetry_http::ExternalCall;
    ///
    /// let uri = Uri::from_static("https://billing.internal/charges?token=secret");
    /// let call = ExternalCall::to("billing", "charge").request(&Method::POST, &uri).start();
    /// call.succeed();
    /// ```
    pub fn to(
        service: impl Into<Cow<'static, str>>,
        operation: impl Into<Cow<'static, str>>,
    ) -> ExternalStart<'static> {
        ExternalStart { service: short(service.into()), name: short(operation.into()), target: Target::default() }
    }

    /// Starts a call at once: `to(service, operation).start()`.
    pub fn start(service: impl Into<Cow<'static, str>>, operation: impl Into<Cow<'static, str>>) -> Self {
        Self::to(service, operation).start()
    }

    /// Writes the trace's context into the headers that are sent, through the process's propagator: what may go to the
    /// host of [`request`](ExternalStart::request), which baggage may only where the settings name it.
    pub fn inject(&self, headers: &mut HeaderMap) {
        self.inject_through(&Propagation::default(), headers);
    }

    pub(super) fn inject_through(&self, propagation: &Propagation, headers: &mut HeaderMap) {
        propagation.inject(&self.operation.context(), self.allowed, headers);
    }

    /// The call's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        self.operation.span()
    }

    /// Runs the call within its span.
    pub fn instrument<F: Future>(&self, call: F) -> impl Future<Output = F::Output> + use<F> {
        self.operation.instrument(call)
    }

    /// Runs `f` within its span.
    pub fn in_scope<T>(&self, f: impl FnOnce() -> T) -> T {
        self.operation.in_scope(f)
    }

    /// Runs a piece of the call, for a wrapper that outlives a panic of it.
    pub(super) fn run<T>(&mut self, piece: impl FnOnce() -> T) -> T {
        self.operation.run(piece)
    }

    /// Says why, for a failure that follows: what the error and its causes say, masked and cut, becomes the span's status and
    /// stands in the log record.
    ///
    /// ```
    /// use std::io;
    ///
    /// use telemetry_http::ExternalCall;
    ///
    /// let call = ExternalCall::start("billing", "charge");
    /// call.because(&io::Error::from(io::ErrorKind::ConnectionRefused)).fail("connection");
    /// ```
    pub fn because(mut self, error: &dyn Error) -> Self {
        self.why = self.operation.error_message(error);
        self
    }

    /// Ends the call: the service did what it was asked to.
    pub fn succeed(mut self) {
        self.end(End::success("success"));
    }

    /// Ends the call with the status that the service answered; from 400 on that is an error, whose type the status is.
    pub fn answered(mut self, status: StatusCode) {
        self.span().record("http.response.status_code", i64::from(status.as_u16()));
        if status.is_client_error() || status.is_server_error() {
            self.end(End::failure("error", status.as_str()));
        } else {
            self.end(End::success("success"));
        }
    }

    /// Ends the call as a failure, with an error type of one word's choice, of which there are few: `connection`.
    pub fn fail(mut self, error_type: &str) {
        self.end_failed(End::failure("error", error_type));
    }

    /// Ends the call as one that the service did not answer in time.
    pub fn timeout(mut self) {
        self.end_failed(End::failure("timeout", "timeout"));
    }

    /// Ends the call as one whose answer nobody waits for any more. To drop it does the same.
    pub fn cancel(mut self) {
        self.end(End::cancelled("cancelled"));
    }

    fn end_failed(&mut self, end: End<'_>) {
        let why = self.why.take();
        self.end(why.as_deref().map_or(end, |why| end.describing(why)));
    }

    fn end(&mut self, end: End<'_>) {
        let Some(elapsed) = self.operation.end(&end) else { return };
        let (service, operation) = (&*self.service, &*self.name);
        end_event!(self.operation, end, elapsed, { service, operation }, "external call ended", "external call failed");
    }
}

impl ExternalStart<'_> {
    /// Tells the method and the address of the request, for the span: without user, password and query.
    pub fn request<'b>(self, method: &'b Method, uri: &'b Uri) -> ExternalStart<'b> {
        self.at(Target::of(method, uri))
    }

    pub(super) fn at(self, target: Target<'_>) -> ExternalStart<'_> {
        let Self { service, name, .. } = self;
        ExternalStart { service, name, target }
    }

    /// Starts the call: its span is a child of what is active here.
    pub fn start(self) -> ExternalCall {
        let Self { service, name, target } = self;
        let allowed = Destinations::global().allow(target.host, target.port());
        let operation = Operation::start(|| {
            operation_span!(
                "external",
                otel.name = format_args!("external.{service}.{name}"),
                otel.kind = "client",
                peer.service = &*service,
                external.operation = &*name,
                http.request.method = target.method,
                http.request.method_original = target.original_method.as_deref(),
                http.response.status_code = Empty,
                url.full = target.url(),
                server.address = target.address().as_deref(),
                server.port = target.port().map(i64::from),
            )
        });
        ExternalCall { service, name, operation, allowed, why: None }
    }
}

/// A name, cut where it is none.
fn short(name: Cow<'static, str>) -> Cow<'static, str> {
    if name.len() <= NAME { name } else { Cow::Owned(cut(&name, NAME).into_owned()) }
}

impl Drop for ExternalCall {
    fn drop(&mut self) {
        match self.operation.dropped() {
            Some(Dropped::Cancelled) => self.end(End::cancelled("cancelled")),
            Some(Dropped::Panicked) => self.end(End::panicked("cancelled")),
            None => {}
        }
    }
}

impl fmt::Debug for ExternalCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalCall")
            .field("service", &self.service)
            .field("operation", &self.name)
            .finish_non_exhaustive()
    }
}
