//! The layer around the HTTP service of a client: which of its requests are calls, and the guard around each.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::request::{Finder, Finding, LlmRequest};
use super::response::{LlmResponse, Watching};
use crate::call::Call;
use crate::failure::Failure;
use crate::llm::Llm;
use crate::middleware::attempts::Attempt;
use crate::middleware::calls::{Calls, Found};
use crate::middleware::watch::Watch;
use crate::record::Ended;

/// Measures calls to providers that a tower client makes; other requests pass as they are.
///
/// It goes right around the client (hyper-util's, reqwest's), below whatever tries again or has a time limit. Each request to
/// a provider is a call, unless a [`OneCallLayer`](crate::OneCallLayer) is around what tries again: then they are attempts of
/// one. What tries again below it is not seen: that is one call, without its attempts.
///
/// Known are the hosts and the paths that the middleware for reqwest knows, and what [`host`](Self::host), the setting
/// [`hosts`](crate::LlmSettings::hosts) and [`path`](Self::path) add; the host is the address's, or the header's where that has none. A call lasts
/// until the body of its answer has been read, whatever its size: a body that is dropped before is a call that was cancelled.
///
/// The service below has an error that is an [`Error`]: one that is a box, as tower's time limit has it, is turned into one of
/// the application's by `ServiceExt::map_err`.
///
/// ```
/// use bytes::Bytes;
/// use http_body_util::Full;
/// use hyper_util::client::legacy::Client;
/// use hyper_util::rt::TokioExecutor;
/// use telemetry_llm::{Llm, LlmLayer};
/// use tower::{Layer as _, ServiceExt as _};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
/// let client = LlmLayer::new(Llm::global()).host("llm.internal", "openai").layer(client);
///
/// let asks = r#"{"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}]}"#;
/// let request = http::Request::post("http://llm.internal/v1/chat/completions").body(Full::from(asks))?;
/// let answer = client.oneshot(request).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct LlmLayer {
    calls: Calls,
}

impl LlmLayer {
    /// A layer whose calls are recorded by this.
    #[must_use]
    pub fn new(llm: &Llm) -> Self {
        Self { calls: Calls::new(llm) }
    }

    /// Says which provider answers at a host (`llm.example.com`, or with its port `llm.example.com:8443`).
    #[must_use]
    pub fn host(mut self, host: impl Into<String>, provider: impl Into<String>) -> Self {
        self.calls.host(host, provider);
        self
    }

    /// Says that models answer at paths that end so, beside those that are known, and what is asked for there
    /// (`gen_ai.operation.name`): `chat`, `text_completion`, `generate_content` or `embeddings`.
    ///
    /// ```
    /// use telemetry_llm::{Llm, LlmLayer};
    ///
    /// let measured = LlmLayer::new(Llm::global()).host("llm.internal", "openai").path("/v1/ask", "chat");
    /// ```
    #[must_use]
    pub fn path(mut self, end: impl Into<String>, operation: &'static str) -> Self {
        self.calls.path(end, operation);
        self
    }

    /// Tells of each call that has ended, so that its record can be stored. The callback is called where the end is noticed,
    /// often within a poll, and should not block.
    ///
    /// ```
    /// # use telemetry_llm::{Llm, LlmLayer, UsageQueue};
    /// # fn example(queue: UsageQueue) -> LlmLayer {
    /// LlmLayer::new(Llm::global()).on_end(move |ended| {
    ///     if let Err(error) = queue.try_push(ended.record()) {
    ///         eprintln!("usage is not stored: {error}");
    ///     }
    /// })
    /// # }
    /// ```
    #[must_use]
    pub fn on_end(mut self, callback: impl Fn(&Ended) + Send + Sync + 'static) -> Self {
        self.calls.on_end(callback);
        self
    }
}

impl<S> Layer<S> for LlmLayer {
    type Service = LlmService<S>;

    fn layer(&self, inner: S) -> LlmService<S> {
        LlmService { inner, calls: self.calls.clone() }
    }
}

/// A client whose calls to providers are measured: what [`LlmLayer`] makes of a service.
///
/// ```
/// # #[cfg(feature = "reqwest")]
/// # fn example() {
/// use telemetry_llm::{Llm, LlmLayer, LlmService};
/// use tower_layer::Layer as _;
///
/// let client: LlmService<reqwest::Client> = LlmLayer::new(Llm::global()).layer(reqwest::Client::new());
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct LlmService<S> {
    inner: S,
    calls: Calls,
}

impl<S, R> Service<R> for LlmService<S>
where
    R: LlmRequest,
    S: Service<R>,
    S::Response: LlmResponse,
    S::Error: Error + 'static,
{
    type Response = <S::Response as LlmResponse>::Measured;
    type Error = S::Error;
    type Future = LlmFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: R) -> Self::Future {
        let Finding(Some(found)) = request.find(Finder(&self.calls)) else {
            return LlmFuture { future: self.inner.call(request), under_way: None };
        };
        let (call, attempt) = Attempt::start(&found, &self.calls);
        found.inject(&call, request.headers());
        let future = call.in_scope(|| self.inner.call(request));
        LlmFuture { future, under_way: Some(UnderWay(Some(Parts { call, found, attempt }))) }
    }
}

pin_project! {
    /// The answer of a provider, for which [`LlmService`] waits. Dropped before there is one, the call is cancelled, or the
    /// attempt given up where the call has several.
    #[must_use = "futures do nothing unless polled"]
    pub struct LlmFuture<F> {
        #[pin]
        future: F,
        under_way: Option<UnderWay>,
    }
}

/// A call that waits for its answer.
struct UnderWay(Option<Parts>);

struct Parts {
    call: Call,
    found: Found,
    attempt: Option<Attempt>,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(Parts { call, found, attempt: Some(attempt) }) = self.0.take() {
            attempt.given_up(call, found);
        }
    }
}

impl Parts {
    fn answered<R: LlmResponse>(self, response: &R) -> Watch {
        let Self { call, found, attempt } = self;
        let (status, headers) = response.head();
        match attempt {
            Some(attempt) if !status.is_success() => {
                attempt.refused(call, found, Failure::from_response(status.as_u16(), headers, &[]));
                Watch::attempt(attempt, status, headers)
            }
            attempt => {
                if let Some(attempt) = attempt {
                    attempt.answered();
                }
                Watch::call(call, status, headers)
            }
        }
    }

    fn failed(self, failure: Failure) {
        match self.attempt {
            Some(attempt) => attempt.failed(self.call, self.found, failure),
            None => drop(self.call.fail(failure)),
        }
    }
}

impl<F, R, E> Future for LlmFuture<F>
where
    F: Future<Output = Result<R, E>>,
    R: LlmResponse,
    E: Error + 'static,
{
    type Output = Result<R::Measured, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let polled = match this.under_way.as_ref().and_then(|under_way| under_way.0.as_ref()) {
            Some(Parts { call, .. }) => call.in_scope(|| this.future.poll(context)),
            None => this.future.poll(context),
        };
        let result = ready!(polled);
        let parts = this.under_way.take().and_then(|mut under_way| under_way.0.take());
        Poll::Ready(match result {
            Ok(response) => {
                let watch = parts.map(|parts| parts.answered(&response));
                Ok(response.measured(Watching(watch)))
            }
            Err(error) => {
                if let Some(parts) = parts {
                    parts.failed(R::failure(&error));
                }
                Err(error)
            }
        })
    }
}

impl<F> fmt::Debug for LlmFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlmFuture").field("is_call", &self.under_way.is_some()).finish_non_exhaustive()
    }
}
