//! One logical call: its attempts, what is noted of its answer, and how it ends.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use telemetry_core::Label;
use telemetry_core::trace::ActiveSpan;
use tokio::time::Instant;

use crate::content::Content;
use crate::failure::Failure;
use crate::gen_ai::{self, ConventionsOfCall};
use crate::llm::Llm;
use crate::metrics::{ModelMetrics, Outcome, ProviderMetrics};
use crate::names::Name;
use crate::record::{Ended, OnEnd};
use crate::usage::Usage;
#[cfg(feature = "prices")]
use crate::usage::{Answer, AnswerStream, Chunk};

/// One logical call to a model: a guard that records how it ends.
///
/// Retries are attempts of the same call: [`attempt_failed`](Self::attempt_failed) counts a provider's error and goes
/// on. A guard that is dropped before [`succeed`](Self::succeed), [`fail`](Self::fail) or
/// [`complete`](Self::complete), by a cancelled future, an early return or a panic, records the outcome `cancelled` and
/// no error of the provider; the tokens that it is known to have used count all the same, because they are charged.
///
/// ```
/// use telemetry_llm::{Failure, Llm, Usage};
///
/// # async fn send() -> Result<Usage, (u16, http::HeaderMap, Vec<u8>)> { Ok(Usage::new(1, 1)) }
/// # async fn example() {
/// let mut call = Llm::global().call("anthropic", "claude-sonnet-4-5").start();
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
    pub(super) llm: Llm,
    pub(super) name: Arc<Name>,
    pub(super) metrics: Arc<ModelMetrics>,
    pub(super) span: ActiveSpan,
    pub(super) started: Instant,
    /// When the first piece of output came, and the latest.
    pub(super) output: Option<(Instant, Instant)>,
    pub(super) attempts: u32,
    pub(super) usage: Option<Usage>,
    pub(super) response_model: Option<String>,
    pub(super) service_tier: Option<String>,
    pub(super) batch: bool,
    pub(super) content: Option<Content>,
    pub(super) on_end: Option<OnEnd>,
    pub(super) conventions: Option<Box<ConventionsOfCall>>,
    #[cfg(feature = "prices")]
    pub(super) stream: Option<Box<AnswerStream>>,
    /// The error that the answer held.
    pub(super) told: Option<Failure>,
    pub(super) finished: bool,
}

impl Call {
    pub(super) fn new(
        llm: Llm,
        name: Arc<Name>,
        metrics: Arc<ModelMetrics>,
        span: ActiveSpan,
        started: Instant,
    ) -> Self {
        Self {
            llm,
            name,
            metrics,
            span,
            started,
            output: None,
            attempts: 1,
            usage: None,
            response_model: None,
            service_tier: None,
            batch: false,
            content: None,
            on_end: None,
            conventions: None,
            #[cfg(feature = "prices")]
            stream: None,
            told: None,
            finished: false,
        }
    }

    /// The call's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        &self.span
    }

    /// Runs a future within the call's span.
    pub fn instrument<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        self.span.instrument(future)
    }

    /// Notes that an attempt failed and another one follows: counts the provider's error, not a request.
    pub fn attempt_failed(&mut self, failure: impl Into<Failure>) {
        let failure = failure.into();
        self.metrics.errors.at(failure.error_type()).add(1);
        let retry_after_ms = failure.retry_after().map(millis);
        self.span.in_scope(|| {
            tracing::info!(
                provider = self.name.provider,
                model = self.name.model,
                attempt = self.attempts,
                error_type = failure.error_type().as_str(),
                status = failure.status(),
                retry_after_ms,
                "llm attempt failed"
            );
        });
        self.attempts = self.attempts.saturating_add(1);
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
        let metrics = Arc::clone(self.llm.providers().get(&self.name.provider));
        RateLimitWait { metrics, started: Instant::now() }
    }

    /// Notes that a piece of output came: the first one's time is the time to the first token.
    pub fn token(&mut self) {
        let now = Instant::now();
        match &mut self.output {
            Some((_, last)) => {
                let pause = now - std::mem::replace(last, now);
                if let Some(conventions) = &self.conventions {
                    conventions.next_chunk(pause);
                }
            }
            None => {
                self.output = Some((now, now));
                let wait = now - self.started;
                self.metrics.time_to_first_token.record(wait.as_secs_f64());
                if let Some(conventions) = &self.conventions {
                    conventions.first_chunk(wait);
                }
            }
        }
    }

    /// Notes what the call has used so far, which counts however it ends.
    pub fn usage(&mut self, usage: Usage) {
        self.usage = Some(usage);
    }

    /// Notes which model answered, where that is not the one that was called.
    pub fn response_model(&mut self, model: impl Into<String>) {
        self.response_model = Some(model.into());
    }

    /// Notes the tier of service that the answer reports, for the price.
    pub fn service_tier(&mut self, tier: impl Into<String>) {
        self.service_tier = Some(tier.into());
    }

    /// Puts the prompt on the span, if the call was started with [`capture_content`](crate::CallStart::capture_content).
    pub fn prompt(&self, text: &str) {
        self.say(gen_ai::INPUT_MESSAGES, "user", text);
    }

    /// Puts the completion on the span, if the call was started with [`capture_content`](crate::CallStart::capture_content).
    pub fn completion(&self, text: &str) {
        self.say(gen_ai::OUTPUT_MESSAGES, "assistant", text);
    }

    fn say(&self, attribute: &'static str, role: &str, text: &str) {
        let Some(content) = self.content.filter(|_| self.span.is_sampled()) else { return };
        let part = serde_json::json!({ "type": "text", "content": content.shown(text) });
        let message = serde_json::json!([{ "role": role, "parts": [part] }]);
        self.span.set_attribute(attribute, message.to_string());
    }

    /// Notes what an answer says besides its content.
    #[cfg(feature = "prices")]
    pub fn answer(&mut self, answer: Answer) {
        if let Some(id) = &answer.id {
            self.span.set_attribute(gen_ai::RESPONSE_ID, id.clone());
        }
        if self.span.is_sampled() && !answer.finish_reasons.is_empty() {
            let reasons = answer.finish_reasons.iter().cloned().map(Into::into).collect();
            let reasons = opentelemetry::Value::Array(opentelemetry::Array::String(reasons));
            self.span.set_attribute(gen_ai::FINISH_REASONS, reasons);
        }
        self.usage = answer.usage.or(self.usage.take());
        self.response_model = answer.model.or(self.response_model.take());
        self.service_tier = answer.service_tier.or(self.service_tier.take());
        self.told = answer.failure.or(self.told);
    }

    /// Reads a whole answer: usage, model, tier, or an error that it holds.
    #[cfg(feature = "prices")]
    pub fn body(&mut self, body: &[u8]) {
        self.answer(Answer::from_body(body));
    }

    /// Reads the data of one event of a streamed answer. Output counts as [`token`](Self::token).
    #[cfg(feature = "prices")]
    pub fn chunk(&mut self, data: &str) -> Chunk {
        let stream = self.stream.get_or_insert_default();
        let chunk = stream.data(data);
        if chunk.has_output {
            self.token();
        }
        chunk
    }

    /// Ends the call as a success. Usage that was noted before counts where none is given here; with neither, the call
    /// counts as unpriced.
    pub fn succeed(mut self, usage: impl Into<Option<Usage>>) -> Ended {
        if let Some(usage) = usage.into() {
            self.usage = Some(usage);
        }
        self.finish(Outcome::Success, None)
    }

    /// Ends the call as its answer tells: failed where it holds an error, else a success.
    pub fn complete(mut self) -> Ended {
        self.settle();
        match self.told {
            Some(failure) => self.fail(failure),
            None => self.succeed(None),
        }
    }

    /// Ends the call as failed: its outcome is `rate_limited` or `timeout` where that is the failure's class.
    pub fn fail(mut self, failure: impl Into<Failure>) -> Ended {
        let failure = failure.into();
        self.finish(failure.outcome(), Some(failure))
    }

    /// Ends the call as cancelled, as dropping it does.
    pub fn cancel(mut self) -> Ended {
        self.finish(Outcome::Cancelled, None)
    }

    /// Ends the call as one whose deadline passed.
    pub fn timeout(self) -> Ended {
        self.fail(Failure::timeout())
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let _ = self.finish(Outcome::Cancelled, None);
        if std::thread::panicking() {
            self.span.set_error("panic", "");
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("provider", &self.name.provider)
            .field("model", &self.name.model)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// A wait because of a rate limit: recorded when it is dropped.
#[must_use = "the wait ends when this is dropped"]
pub struct RateLimitWait {
    metrics: Arc<ProviderMetrics>,
    started: Instant,
}

impl Drop for RateLimitWait {
    fn drop(&mut self) {
        self.metrics.rate_limit_delays.record(self.started.elapsed().as_secs_f64());
    }
}

/// Whole milliseconds, as spans and log events carry durations.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
