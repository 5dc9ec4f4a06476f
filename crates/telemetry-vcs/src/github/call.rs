//! The guard of one call of GitHub's API.

use std::error::Error;
use std::fmt;

use http::{HeaderMap, StatusCode};
use telemetry_core::propagation::{Allowed, inject_allowed};
use telemetry_core::text::{NAME, cut};
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Component, Dropped, End, Errors, Lease, Operation, clock, end_event};

use super::answer;
use super::caller::Caller;
use super::endpoint::Endpoint;
use super::inner::{GitHubInner, count};
use super::operation::GitHubOperation;
use super::rate_limit::{RateLimit, RateLimited};
use crate::metrics::CallMetricsKey;

/// What stands for a status where GitHub did not answer.
const ERROR: &str = "error";

/// What stands for a status where nobody waited for the answer.
const CANCELLED: &str = "cancelled";

/// One call of GitHub's API: a guard with the span `external.github.{operation}`. It is owned, and goes into a spawned task.
///
/// | end | label `status` | duration | span and log |
/// |---|---|---|---|
/// | [`answered`](Self::answered) below 400, 304 among them | the status | yes | DEBUG |
/// | [`answered`](Self::answered) from 400 on | the status | yes | error with the status, WARN |
/// | [`answered`](Self::answered) as refused for a rate limit | the status | yes | error `rate_limited` or `secondary_rate_limited`, WARN |
/// | [`fail`](Self::fail), [`timeout`](Self::timeout) | `error` | yes | error with its type, WARN |
/// | [`cancel`](Self::cancel), dropped | `cancelled` | no | no error, DEBUG |
/// | dropped by a panic | `cancelled` | no | error `panic`, ERROR: a failure of whoever calls |
///
/// A refusal for a rate limit also counts in the catalogue of errors, as `GITHUB_RATE_LIMITED`.
#[must_use = "dropped at once, the call counts as cancelled"]
pub struct GitHubCall {
    inner: Lease<GitHubInner>,
    endpoint: Endpoint,
    name: GitHubOperation,
    caller: Caller,
    allowed: Allowed,
    operation: Operation,
    /// Why it fails, if it does.
    why: Option<String>,
}

impl GitHubCall {
    pub(super) fn new(
        inner: Lease<GitHubInner>,
        endpoint: Endpoint,
        name: GitHubOperation,
        caller: Caller,
        allowed: Allowed,
        operation: Operation,
    ) -> Self {
        Self { inner, endpoint, name, caller, allowed, operation, why: None }
    }

    /// The endpoint that is asked.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// Writes the trace's context into the headers that are sent, through the process's propagator: what the settings let go
    /// to that host.
    pub fn inject(&self, headers: &mut HeaderMap) {
        inject_allowed(&self.operation.context(), self.allowed, headers);
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
    #[cfg(feature = "tower")]
    pub(super) fn run<T>(&mut self, piece: impl FnOnce() -> T) -> T {
        self.operation.run(piece)
    }

    /// Says why, for a failure that follows: what the error and its causes say, masked and cut, becomes the span's status and
    /// stands in the log record.
    pub fn because(mut self, error: &dyn Error) -> Self {
        self.why = self.operation.error_message(error);
        self
    }

    /// Ends the call with GitHub's answer: its status, and its headers, which tell what is left of the rate limit. Returns
    /// whether, and for how long, it was refused for one.
    ///
    /// A conditional request that is answered with 304 is a success, which costs nothing of the limit.
    pub fn answered(mut self, status: StatusCode, headers: &HeaderMap) -> Option<RateLimited> {
        let limit = answer::rate_limit(headers, self.endpoint);
        let refusal = answer::refusal(status, headers, limit, self.endpoint);
        self.operation.span().record("http.response.status_code", i64::from(status.as_u16()));
        if let Some(id) = answer::request_id(headers) {
            self.operation.span().record("github.request_id", &*cut(id, NAME));
        }
        if let Some(limit) = limit {
            self.inner.note(self.caller, limit);
            self.tell_limit(limit);
        }
        let error_type = match refusal {
            Some(refusal) => {
                self.tell_refusal(refusal);
                Some(refusal.kind.error_type())
            }
            None => (status.as_u16() >= 400).then(|| status.as_str()),
        };
        let end = error_type.map_or(End::success("success"), |error_type| End::failure(ERROR, error_type));
        self.end(status.as_str(), end, refusal);
        refusal
    }

    /// Ends the call as one that GitHub did not answer, with an error type of a few words' choice: `connection`.
    pub fn fail(mut self, error_type: &str) {
        self.end_failed(End::failure(ERROR, error_type));
    }

    /// Ends the call as one that GitHub did not answer in time.
    pub fn timeout(mut self) {
        self.end_failed(End::failure("timeout", "timeout"));
    }

    /// Ends the call as one whose answer nobody waits for any more. To drop it does the same.
    pub fn cancel(mut self) {
        self.end(CANCELLED, End::cancelled(CANCELLED), None);
    }

    fn tell_limit(&self, limit: RateLimit) {
        self.operation
            .span()
            .record("github.rate_limit.resource", limit.resource.as_str())
            .record("github.rate_limit.limit", count(limit.limit))
            .record("github.rate_limit.remaining", count(limit.remaining));
    }

    fn tell_refusal(&self, refusal: RateLimited) {
        self.inner.errors.record(Errors::GITHUB_RATE_LIMITED, Component::Github);
        self.operation
            .span()
            .record("github.rate_limit.resource", refusal.resource.as_str())
            .record("github.rate_limit.refused", refusal.kind.as_str())
            .record("github.retry_after_ms", clock::millis(refusal.retry_after));
    }

    fn end_failed(&mut self, end: End<'_>) {
        let why = self.why.take();
        self.end(ERROR, why.as_deref().map_or(end, |why| end.describing(why)), None);
    }

    fn end(&mut self, status: &str, end: End<'_>, refusal: Option<RateLimited>) {
        let Some(elapsed) = self.operation.end(&end) else { return };
        let endpoint = self.endpoint.template();
        self.inner.calls.get(CallMetricsKey { endpoint, status }).calls.add(1);
        if status != CANCELLED {
            self.inner.endpoints.get(endpoint).duration.record(elapsed.as_secs_f64());
        }
        let (operation, rate_limit) = (self.name.as_str(), refusal.map(|refusal| refusal.kind.as_str()));
        let retry_after_ms = refusal.map(|refusal| clock::millis(refusal.retry_after));
        end_event!(
            self.operation,
            end,
            elapsed,
            { service = "github", operation, endpoint, status, rate_limit, retry_after_ms },
            "GitHub call ended",
            "GitHub call failed"
        );
    }
}

impl Drop for GitHubCall {
    fn drop(&mut self) {
        match self.operation.dropped() {
            Some(Dropped::Cancelled) => self.end(CANCELLED, End::cancelled(CANCELLED), None),
            Some(Dropped::Panicked) => self.end(CANCELLED, End::panicked(CANCELLED), None),
            None => {}
        }
    }
}

impl fmt::Debug for GitHubCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHubCall")
            .field("endpoint", &self.endpoint)
            .field("operation", &self.name)
            .finish_non_exhaustive()
    }
}
