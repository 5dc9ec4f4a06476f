//! One logical call: its attempts, what is noted of its answer, and how it ends.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use opentelemetry::Context;
use opentelemetry::trace::{TraceContextExt, TraceId};
use telemetry_core::scope::Scope;
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Dropped, End, Label, Operation, clock};

use super::ending::Ending;
use super::messages;
use super::noted::{Noted, name};
use super::rate_limit::RateLimitWait;
use crate::content::Content;
use crate::cost::CostSource;
use crate::failure::Failure;
use crate::gen_ai::{ConventionsOfCall, MOST_TOOL_CALLS};
use crate::headers::OfHeaders;
use crate::metrics::Outcome;
use crate::record::{EndTold, Ended};
use crate::target::Target;
use crate::usage::Usage;
#[cfg(feature = "prices")]
use crate::usage::{Answer, Chunk};

/// One logical call to a model: a guard that records how it ends.
///
/// It is owned, and goes wherever the call goes: into a spawned task, into the stream that brings the answer.
///
/// Retries are attempts of the same call: [`attempt_failed`](Self::attempt_failed) counts a provider's error and goes
/// on. A guard that is dropped before [`succeed`](Self::succeed), [`fail`](Self::fail) or
/// [`complete`](Self::complete), by a cancelled future, an early return or a panic, records the outcome `cancelled` and
/// no error of the provider; the tokens that it is known to have used count all the same, because they are charged. A
/// panic is marked as one on the span and in the log.
///
/// ```
/// use telemetry_llm::{Failure, Llm, Usage};
///
/// # async fn send() -> Result<Usage, (u16, http::HeaderMap, Vec<u8>)> { Ok(Usage::new(1, 1)) }
/// # async fn example() {
/// let mut call = Llm::global().start("anthropic", "claude-sonnet-4-5");
/// loop {
///     match call.instrument(send()).await {
///         Ok(usage) => break call.succeed(usage),
///         Err((status, headers, body)) => {
///             let failure = Failure::from_response(status, &headers, &body);
///             let Some(delay) = failure.retry_after() else { break call.fail(failure) };
///             call.attempt_failed(failure);
///             call.wait_out(delay).await;
///         }
///     }
/// };
/// # }
/// ```
#[must_use = "dropped at once, the call counts as cancelled"]
pub struct Call {
    target: Target,
    operation: Operation,
    noted: Noted,
    extras: Extras,
}

/// What a call has besides, on request.
#[derive(Default)]
pub(super) struct Extras {
    pub(super) content: Option<Content>,
    /// What the model said, as it is shown.
    pub(super) completion: Mutex<Option<String>>,
    pub(super) on_end: Option<EndTold>,
    pub(super) conventions: Option<ConventionsOfCall>,
    pub(super) scope: Option<Scope>,
}

impl Call {
    pub(super) fn new(target: Target, operation: Operation, noted: Noted, extras: Extras) -> Self {
        Self { target, operation, noted, extras }
    }

    /// The call's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        self.operation.span()
    }

    /// The call's OpenTelemetry context, for requests whose client is not instrumented.
    #[must_use]
    pub fn context(&self) -> Context {
        self.operation.context()
    }

    /// Runs a future within the call's span.
    pub fn instrument<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        #[cfg(feature = "tracing-layer")]
        let future = crate::own_calls::Within::new(future);
        self.operation.instrument(future)
    }

    /// Runs `f` within the call's span.
    pub fn in_scope<T>(&self, f: impl FnOnce() -> T) -> T {
        #[cfg(feature = "tracing-layer")]
        let _within = crate::own_calls::enter();
        self.operation.in_scope(f)
    }

    /// Notes that an attempt failed and another one follows: counts the provider's error, not a request.
    pub fn attempt_failed(&mut self, failure: impl Into<Failure>) {
        let failure = failure.into();
        self.target.metrics().errors.at(failure.error_type()).add(1);
        self.operation.in_scope(|| {
            tracing::info!(
                provider = self.target.provider(),
                model = self.target.model(),
                attempt = self.noted.attempt(),
                error_type = failure.error_type().as_str(),
                status = failure.status().map(i64::from),
                retry_after_ms = failure.retry_after().map(clock::millis),
                error_message = failure.message(),
                "llm attempt failed"
            );
        });
        self.noted.failed_attempts = self.noted.failed_attempts.saturating_add(1);
    }

    /// Waits because of a rate limit, and records how long that was, also when it is cut short.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with time enabled.
    pub async fn wait_out(&self, delay: Duration) {
        let wait = self.rate_limit_wait();
        tokio::time::sleep(delay).await;
        drop(wait);
    }

    /// Records the time until it is dropped as a wait because of a rate limit.
    pub fn rate_limit_wait(&self) -> RateLimitWait {
        RateLimitWait::start(self.target.inner().clone(), self.target.provider())
    }

    /// Notes that a piece of output came: the first one's time is the time to the first token.
    pub fn token(&mut self) {
        let now = clock::now();
        let conventions = self.extras.conventions.as_ref().map(|call| (&self.target.inner().conventions, call));
        match &mut self.noted.output {
            Some((_, last)) => {
                let pause = now.saturating_duration_since(std::mem::replace(last, now));
                if let Some((conventions, call)) = conventions {
                    conventions.next_chunk(call, pause);
                }
            }
            None => {
                self.noted.output = Some((now, now));
                let wait = now.saturating_duration_since(self.operation.started());
                self.target.metrics().time_to_first_token.record(wait.as_secs_f64());
                if let Some((conventions, call)) = conventions {
                    conventions.first_chunk(call, wait);
                }
            }
        }
    }

    /// Notes what the call has used so far, which counts however it ends.
    pub fn usage(&mut self, usage: Usage) {
        self.noted.usage = Some(usage);
    }

    /// Notes which model answered, where that is not the one that was called. More than 256 bytes are cut.
    pub fn response_model(&mut self, model: impl Into<String>) {
        self.noted.response_model = Some(name(model.into()));
    }

    /// Notes the tier of service that the answer reports, for the price.
    pub fn service_tier(&mut self, tier: impl Into<String>) {
        self.noted.service_tier = Some(name(tier.into()));
    }

    /// Notes what the call cost in US dollars, where the application knows it: it counts before what the provider says and
    /// any price. A number that is none from 0 to 1,000,000 is passed over.
    ///
    /// ```
    /// use telemetry_llm::{CostSource, Llm, Usage};
    ///
    /// let mut call = Llm::global().start("house", "model-of-ours");
    /// call.cost_usd(0.25);
    /// let ended = call.succeed(Usage::new(1_000, 200));
    /// assert_eq!((ended.cost_usd(), ended.cost_source()), (Some(0.25), Some(CostSource::Application)));
    /// ```
    pub fn cost_usd(&mut self, usd: f64) {
        if (0.0..=MOST_USD).contains(&usd) {
            self.noted.known_cost = Some((usd, CostSource::Application));
        }
    }

    /// Puts the prompt on the span, if the call was started with [`capture_content`](crate::CallStart::capture_content).
    pub fn prompt(&self, text: &str) {
        if let Some(shown) = self.shown(text) {
            self.span().record("gen_ai.input.messages", messages::input(&shown).as_str());
        }
    }

    /// Puts the completion on the span, if the call was started with [`capture_content`](crate::CallStart::capture_content).
    pub fn completion(&self, text: &str) {
        if let Some(shown) = self.shown(text) {
            *self.extras.completion.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
        }
    }

    fn shown(&self, text: &str) -> Option<String> {
        let content = self.extras.content.filter(|_| self.span().is_recording())?;
        Some(content.shown(text))
    }

    /// Notes that the model asks for a tool, for the span: its name among `gen_ai.output.messages`. An answer that is
    /// read (`body`, `chunk`) says it by itself. The names of 32 calls are kept, and 256 bytes of each.
    pub fn tool_call(&mut self, tool_name: impl Into<String>) {
        if self.noted.tool_calls.len() < MOST_TOOL_CALLS {
            self.noted.tool_calls.push(name(tool_name.into()));
        }
    }

    /// Notes what the headers of an answer say: the tokens that Bedrock counts there for models whose bodies have none, what
    /// a gateway such as LiteLLM reckons that the call cost, the tier that was served. What the body says of the same
    /// comes before it. Middleware of this crate does so by itself.
    ///
    /// ```
    /// use http::{HeaderMap, HeaderValue};
    /// use telemetry_llm::{CostSource, Llm, Usage};
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert("x-litellm-response-cost", HeaderValue::from_static("0.0042"));
    /// let mut call = Llm::global().start("openai", "gpt-4o");
    /// call.headers(&headers);
    /// let ended = call.succeed(Usage::new(1_000, 200));
    /// assert_eq!((ended.cost_usd(), ended.cost_source()), (Some(0.0042), Some(CostSource::Provider)));
    /// ```
    pub fn headers(&mut self, headers: &HeaderMap) {
        self.noted.headers(OfHeaders::of(headers, MOST_USD));
    }

    /// Notes what an answer says besides its content.
    #[cfg(feature = "prices")]
    pub fn answer(&mut self, answer: Answer) {
        self.noted.answer(answer);
    }

    /// Reads a whole answer: usage, model, tier, or an error that it holds.
    #[cfg(feature = "prices")]
    pub fn body(&mut self, body: &[u8]) {
        self.answer(Answer::from_body_of(&self.target.name().provider, body));
    }

    /// [`body`](Self::body), of one that is parsed already.
    #[cfg(any(feature = "reqwest", feature = "tower"))]
    pub(crate) fn json(&mut self, body: &serde_json::Value) {
        self.answer(Answer::from_json_of(&self.target.name().provider, body));
    }

    /// Reads the data of one event of a streamed answer. Output counts as [`token`](Self::token).
    #[cfg(feature = "prices")]
    pub fn chunk(&mut self, data: &str) -> Chunk {
        let chunk = self.noted.chunk(&self.target.name().provider, data);
        if chunk.has_output {
            self.token();
        }
        chunk
    }

    /// [`chunk`](Self::chunk), of an event that is parsed already, as a client's types are turned into it by
    /// `serde_json::to_value`.
    #[cfg(feature = "prices")]
    pub fn event(&mut self, event: &serde_json::Value) -> Chunk {
        let chunk = self.noted.event(&self.target.name().provider, event);
        if chunk.has_output {
            self.token();
        }
        chunk
    }

    /// Ends the call as a success. Usage that was noted before counts where none is given here; with neither, the call
    /// counts as unpriced.
    pub fn succeed(mut self, usage: impl Into<Option<Usage>>) -> Ended {
        self.noted.settle();
        if let Some(usage) = usage.into() {
            self.noted.usage = Some(usage);
        }
        self.end(End::success(Outcome::Success.as_str()), Outcome::Success, None)
    }

    /// Ends the call as its answer tells: failed where it holds an error, or where its stream lacks the mark by which the
    /// provider ends one (`server_error`, with the reason `truncated` on the span); else a success.
    pub fn complete(mut self) -> Ended {
        self.noted.settle();
        match self.noted.told.take() {
            Some(failure) => self.fail(*failure),
            None if self.noted.is_truncated => self.fail(Failure::truncated()),
            None => self.succeed(None),
        }
    }

    /// Ends the call as failed: its outcome is `rate_limited` or `timeout` where that is the failure's class.
    pub fn fail(mut self, failure: impl Into<Failure>) -> Ended {
        let failure = failure.into();
        let outcome = failure.outcome();
        let end = End::failure(outcome.as_str(), failure.error_type().as_str());
        let end = match failure.message() {
            Some(message) => end.describing(message),
            None => end,
        };
        self.end(end, outcome, Some(&failure))
    }

    /// Ends the call as cancelled, as dropping it does.
    pub fn cancel(mut self) -> Ended {
        self.end(CANCELLED, Outcome::Cancelled, None)
    }

    /// Ends the call as one whose deadline passed.
    pub fn timeout(self) -> Ended {
        self.fail(Failure::timeout())
    }

    fn end(&mut self, end: End<'_>, outcome: Outcome, failure: Option<&Failure>) -> Ended {
        self.noted.settle();
        let elapsed = self.operation.end(&end).unwrap_or_default();
        let usage = self.noted.usage.take().and_then(Usage::settled);
        let completion = self.extras.completion.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let ending = Ending {
            target: &self.target,
            noted: &self.noted,
            completion: completion.as_deref(),
            conventions: self.extras.conventions.as_ref(),
            usage: usage.as_ref(),
            outcome,
            failure,
            started: self.operation.started(),
            elapsed,
            scope: self.extras.scope.as_ref(),
        };
        let cost = ending.measure();
        ending.describe(&self.operation, cost);
        ending.log(&self.operation, &end);
        let ended = Ended {
            target: self.target.clone(),
            response_model: self.noted.response_model.take(),
            outcome,
            duration: elapsed,
            usage,
            cost,
            trace_id: self.trace_id(),
        };
        if let Some(told) = self.extras.on_end.take() {
            told.tell(&ended);
        }
        ended
    }

    /// The trace that the call is part of, if that is sampled.
    fn trace_id(&self) -> Option<TraceId> {
        let span = self.operation.span();
        if !span.is_sampled() || span.span().is_disabled() {
            return None;
        }
        let context = self.operation.context();
        let span = context.span();
        let of_span = span.span_context();
        (of_span.is_valid() && of_span.is_sampled()).then(|| of_span.trace_id())
    }
}

/// The most that one call is believed to cost, in US dollars.
const MOST_USD: f64 = 1_000_000.0;
const CANCELLED: End<'static> = End::cancelled("cancelled");
/// A panic is never the provider's failure.
const PANICKED: End<'static> = End::panicked("cancelled");

impl Drop for Call {
    fn drop(&mut self) {
        let end = match self.operation.dropped() {
            Some(Dropped::Cancelled) => CANCELLED,
            Some(Dropped::Panicked) => PANICKED,
            None => return,
        };
        let _ = self.end(end, Outcome::Cancelled, None);
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("provider", &self.target.provider())
            .field("model", &self.target.model())
            .field("attempt", &self.noted.attempt())
            .finish_non_exhaustive()
    }
}
