//! A failed attempt with its class, as a status, an answer or an error tells it.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use serde_json::Value;
use telemetry_core::error_message;

use super::{body, retry_after, status};
use crate::metrics::{ErrorType, Outcome};
use crate::skim::value;

/// A failed attempt: its class, and when the provider says to try again.
///
/// ```
/// use std::time::Duration;
///
/// use http::{HeaderMap, HeaderValue};
/// use telemetry_llm::Failure;
/// use telemetry_llm::labels::ErrorType;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("retry-after", HeaderValue::from_static("20"));
/// let failure = Failure::from_response(429, &headers, br#"{"error":{"code":"rate_limit_exceeded"}}"#);
/// assert_eq!(failure.error_type(), ErrorType::RateLimit);
/// assert_eq!(failure.retry_after(), Some(Duration::from_secs(20)));
///
/// // No waiting brings back a quota that is used up, so it is not a rate limit, although its status is 429 too.
/// let failure = Failure::from_response(429, &HeaderMap::new(), br#"{"error":{"code":"insufficient_quota"}}"#);
/// assert_eq!(failure.error_type(), ErrorType::Auth);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    error_type: ErrorType,
    status: Option<u16>,
    retry_after: Option<Duration>,
    message: Option<Arc<str>>,
    reason: Option<&'static str>,
}

impl Failure {
    /// A failure of this class.
    #[must_use]
    pub const fn new(error_type: ErrorType) -> Self {
        Self { error_type, status: None, retry_after: None, message: None, reason: None }
    }

    /// A deadline that passed, a timer that elapsed.
    #[must_use]
    pub const fn timeout() -> Self {
        Self::new(ErrorType::Timeout)
    }

    /// A streamed answer that broke off: what came of it lacks the mark by which its provider ends one.
    #[must_use]
    pub fn truncated() -> Self {
        let message = "the stream ended without its end mark".into();
        Self { message: Some(message), reason: Some("truncated"), ..Self::new(ErrorType::ServerError) }
    }

    /// A failure that an answer tells of by a word of its own, in the place of an error.
    #[cfg(feature = "prices")]
    pub(crate) fn named(error_type: ErrorType, name: &'static str) -> Self {
        Self { message: Some(name.into()), ..Self::new(error_type) }
    }

    /// The longest wait that is handed on: one day. A provider that asks for more is taken to ask for that.
    pub const LONGEST_RETRY_AFTER: Duration = retry_after::LONGEST;

    /// What an HTTP status says by itself.
    ///
    /// | status | class |
    /// |---|---|
    /// | 401, 402, 403, 407 | `auth` |
    /// | 408, 504, 522, 524 | `timeout` |
    /// | 429, 498 | `rate_limit` |
    /// | 499 | `connection` |
    /// | other 4xx | `invalid_request` |
    /// | other 5xx | `server_error` |
    /// | any other | `unknown` |
    #[must_use]
    pub const fn from_status(status: u16) -> Self {
        Self { error_type: status::class(status), status: Some(status), retry_after: None, message: None, reason: None }
    }

    /// What an answer says. The most telling counts, in this order: a name in the body (or in AWS's header
    /// `x-amzn-errortype`) that stands for one kind of failure; a status that does (401, 402, 403, 407, 408, 413, 429,
    /// 499, 5xx); words of the provider's message; a general name such as `invalid_request_error`; any other status.
    ///
    /// Billing is `auth`, moderation `invalid_request`, a throttle `rate_limit` under whatever status it comes.
    #[must_use]
    pub fn from_response(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        Self::from_response_at(status, headers, body, SystemTime::now())
    }

    /// [`from_response`](Self::from_response) at another time than now, from which a date in `retry-after` counts.
    #[must_use]
    pub fn from_response_at(status: u16, headers: &HeaderMap, body: &[u8], now: SystemTime) -> Self {
        let told = value(body).map_or_else(|| body::told_of_text(body), |body| body::told_of_refusal(&body));
        let told = told.named(headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok()));
        let retry_after = retry_after::first_of([retry_after::of_headers(headers, now), told.retry_after]);
        Self {
            error_type: told.class(Some(status)),
            status: Some(status),
            retry_after,
            message: told.name.map(|name| format!("HTTP {status}: {name}").into()),
            reason: None,
        }
    }

    /// The error that a body, or an event of a stream, holds; nothing if it holds none.
    #[must_use]
    pub fn from_body(body: &Value) -> Option<Self> {
        let told = body::told(body)?;
        Some(Self {
            error_type: told.class(None),
            status: None,
            retry_after: told.retry_after,
            message: told.name.map(Arc::from),
            reason: None,
        })
    }

    /// What an error of a client says: a timeout or a broken connection anywhere in its chain of sources, else `unknown`.
    ///
    /// Known are the elapsed timers of tokio and the kinds of [`io::Error`]; with the feature `reqwest` also the errors of
    /// reqwest, and the status that one may hold. The messages of the chain, masked ([`error_message`]), are what span and
    /// log say of the failure.
    #[must_use]
    pub fn from_error(error: &(dyn Error + 'static)) -> Self {
        let mut source = Some(error);
        let mut failure = Self::new(ErrorType::Unknown);
        while let Some(error) = source {
            if let Some(known) = known(error) {
                failure = known;
                break;
            }
            source = error.source();
        }
        Self { message: Some(error_message(error).into()), ..failure }
    }

    /// Of a request that was sent, what failed was the way, where nothing else is known.
    #[cfg(feature = "tower")]
    pub(crate) fn on_the_way(mut self) -> Self {
        if self.error_type == ErrorType::Unknown {
            self.error_type = ErrorType::Connection;
        }
        self
    }

    /// The same failure with another time to wait, of which no more than
    /// [`LONGEST_RETRY_AFTER`](Self::LONGEST_RETRY_AFTER) is kept.
    #[must_use]
    pub fn with_retry_after(self, delay: Option<Duration>) -> Self {
        Self { retry_after: delay.map(|delay| delay.min(Self::LONGEST_RETRY_AFTER)), ..self }
    }

    /// The class.
    #[must_use]
    pub const fn error_type(&self) -> ErrorType {
        self.error_type
    }

    /// The HTTP status, where there was one.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// How long to wait before the next attempt, as the provider says: a day at most
    /// ([`LONGEST_RETRY_AFTER`](Self::LONGEST_RETRY_AFTER)), whatever it says.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Why it failed, in words without secrets, as span and log have it: the messages of an error, or the status and the
    /// provider's name for what went wrong. The provider's own sentences, which may quote a prompt, are not in it.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What the class alone does not tell, as the span's `reason`: `truncated`.
    #[must_use]
    pub const fn reason(&self) -> Option<&'static str> {
        self.reason
    }

    /// How a call ends that failed so.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self.error_type {
            ErrorType::RateLimit => Outcome::RateLimited,
            ErrorType::Timeout => Outcome::Timeout,
            ErrorType::Auth
            | ErrorType::InvalidRequest
            | ErrorType::ServerError
            | ErrorType::Connection
            | ErrorType::Unknown => Outcome::Error,
        }
    }
}

impl From<ErrorType> for Failure {
    fn from(error_type: ErrorType) -> Self {
        Self::new(error_type)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(telemetry_core::Label::as_str(self.error_type))?;
        self.status.map_or(Ok(()), |status| write!(f, " (HTTP {status})"))
    }
}

/// What one link of an error's chain tells by itself.
fn known(error: &(dyn Error + 'static)) -> Option<Failure> {
    if error.is::<tokio::time::error::Elapsed>() {
        return Some(Failure::timeout());
    }
    #[cfg(feature = "reqwest")]
    if let Some(failure) = of_reqwest(error) {
        return Some(failure);
    }
    use io::ErrorKind;
    match error.downcast_ref::<io::Error>()?.kind() {
        ErrorKind::TimedOut => Some(Failure::timeout()),
        ErrorKind::ConnectionRefused
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::NotConnected
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof
        | ErrorKind::AddrNotAvailable
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown => Some(Failure::new(ErrorType::Connection)),
        _ => None,
    }
}

#[cfg(feature = "reqwest")]
fn of_reqwest(error: &(dyn Error + 'static)) -> Option<Failure> {
    let error = match error.downcast_ref::<reqwest_middleware::Error>() {
        Some(reqwest_middleware::Error::Reqwest(error)) => error,
        Some(reqwest_middleware::Error::Middleware(_)) | None => error.downcast_ref::<reqwest::Error>()?,
    };
    if error.is_timeout() {
        return Some(Failure::timeout());
    }
    if let Some(status) = error.status() {
        return Some(Failure::from_status(status.as_u16()));
    }
    // Of a request that was sent and an answer that was read, what failed was the way.
    let is_of_the_way = error.is_connect() || error.is_request() || error.is_body();
    is_of_the_way.then(|| Failure::new(ErrorType::Connection))
}
