//! A call of GitHub's API about to start, of which more may be known than its address.

use http::HeaderMap;
use telemetry_core::propagation::Destinations;
use telemetry_core::text::{NAME, cut};
use telemetry_core::{Operation, Shared, operation_span};
use tracing::field::Empty;

use super::call::GitHubCall;
use super::caller::Caller;
use super::inner::GitHubInner;
use super::operation::{GitHubOperation, known};
use super::target::Target;

/// A call of GitHub's API about to start. [`start`](Self::start) starts it.
#[derive(Debug, Clone)]
#[must_use = "a call starts with `start`"]
pub struct GitHubStart<'a> {
    inner: &'a Shared<GitHubInner>,
    target: Target<'a>,
    operation: Option<GitHubOperation>,
    caller: Caller,
}

impl<'a> GitHubStart<'a> {
    pub(super) fn new(inner: &'a Shared<GitHubInner>, target: Target<'a>) -> Self {
        Self { inner, target, operation: None, caller: Caller::of(target.host, None) }
    }

    /// Names the operation, where GitHub's own name of it tells too little.
    pub fn operation(self, operation: impl Into<Option<GitHubOperation>>) -> Self {
        Self { operation: operation.into(), ..self }
    }

    /// The headers that are sent, which tell one token's rate limits from another's. Nothing of them is kept but a hash
    /// of `authorization`, under a key of this process.
    pub fn headers(self, headers: &HeaderMap) -> Self {
        Self { caller: Caller::of(self.target.host, Some(headers)), ..self }
    }

    /// Starts the call: its clock, and its span `external.github.{operation}`, a child of what is active here.
    pub fn start(self) -> GitHubCall {
        let Self { inner, target, operation, caller } = self;
        let Target { method, endpoint, host, port, repository } = target;
        let name = operation.unwrap_or_else(|| GitHubOperation::of(endpoint, method));
        let allowed = Destinations::global().allow(host, port);
        let operation = Operation::start(|| {
            let (owner, repo) = repository.unzip();
            operation_span!(
                "external",
                otel.name = format_args!("external.github.{name}"),
                otel.kind = "client",
                peer.service = "github",
                external.operation = name.as_str(),
                http.request.method = known(method),
                http.response.status_code = Empty,
                url.template = endpoint.template(),
                server.address = host.map(|host| cut(host, NAME)).as_deref(),
                server.port = port.map(i64::from),
                vcs.provider.name = "github",
                vcs.owner.name = owner.map(|owner| cut(owner, NAME)).as_deref(),
                vcs.repository.name = repo.map(|repo| cut(repo, NAME)).as_deref(),
                github.request_id = Empty,
                github.rate_limit.resource = Empty,
                github.rate_limit.limit = Empty,
                github.rate_limit.remaining = Empty,
                github.rate_limit.refused = Empty,
                github.retry_after_ms = Empty,
            )
        });
        GitHubCall::new(inner.lease(), endpoint, name, caller, allowed, operation)
    }
}
