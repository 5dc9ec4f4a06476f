//! What is recorded when a call ends.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::TraceContextExt;
use telemetry_core::Label;

use super::guard::{Call, millis};
use crate::failure::Failure;
use crate::gen_ai;
use crate::metrics::{ClaudeDirection, ClaudeMetrics, Outcome, TokenDetail, TokenType};
use crate::names::Name;
use crate::price::PriceContext;
use crate::record::Ended;
use crate::usage::Usage;

impl Call {
    /// Takes over what the events of a streamed answer said.
    pub(super) fn settle(&mut self) {
        #[cfg(feature = "prices")]
        if let Some(stream) = self.stream.take() {
            self.answer(stream.into_answer());
        }
    }

    pub(super) fn finish(&mut self, outcome: Outcome, failure: Option<Failure>) -> Ended {
        self.finished = true;
        self.settle();
        let elapsed = self.started.elapsed();
        self.metrics.request.at(outcome).record(elapsed.as_secs_f64());
        if let Some(failure) = failure {
            self.metrics.errors.at(failure.error_type()).add(1);
        }
        let usage = self.usage.take().filter(Usage::is_plausible);
        if let Some(usage) = &usage {
            self.record_tokens(usage);
        }
        if self.name.is_anthropic {
            let claude = self.claude();
            claude.calls.at(outcome.into()).add(1);
            claude.duration.record(elapsed.as_secs_f64());
        }
        let cost_usd = self.record_cost(outcome, usage.as_ref());
        self.record_span(outcome, failure, usage.as_ref(), cost_usd);
        if let Some(conventions) = &self.conventions {
            let cancelled = if outcome == Outcome::Cancelled { outcome.as_str() } else { "" };
            let error = failure.map_or(cancelled, |failure| failure.error_type().as_str());
            conventions.end(self.response_model.as_deref().unwrap_or_default(), error, elapsed, usage.as_ref());
        }
        self.log(outcome, failure, elapsed);
        let ended = Ended {
            name: Arc::clone(&self.name),
            response_model: self.response_model.take(),
            outcome,
            duration: elapsed,
            usage,
            cost_usd,
            trace_id: self.span.is_sampled().then(|| self.span.context().span().span_context().trace_id()),
        };
        if let Some(on_end) = self.on_end.take() {
            on_end(&ended);
        }
        ended
    }

    fn claude(&self) -> &ClaudeMetrics {
        self.name.claude.get_or_init(|| Arc::clone(self.llm.claude().get(&self.name.model)))
    }

    fn record_tokens(&self, usage: &Usage) {
        let metrics = &self.metrics;
        metrics.tokens.at(TokenType::Prompt).add(usage.prompt_tokens());
        metrics.tokens.at(TokenType::Completion).add(usage.completion_tokens());
        for (detail, tokens) in [
            (TokenDetail::CachedPrompt, usage.cached_prompt_tokens()),
            (TokenDetail::CacheCreation, usage.cache_creation_tokens()),
            (TokenDetail::Reasoning, usage.reasoning_tokens()),
        ] {
            if tokens > 0 {
                metrics.token_details.at(detail).add(tokens);
            }
        }
        if self.name.is_anthropic {
            let claude = self.claude();
            claude.tokens.at(ClaudeDirection::Input).add(usage.prompt_tokens());
            claude.tokens.at(ClaudeDirection::Output).add(usage.completion_tokens());
        }
        if let Some((first, last)) = self.output
            && usage.completion_tokens() > 1
        {
            // The first token is the other metric's.
            let seconds = (last - first).as_secs_f64() / (usage.completion_tokens() - 1) as f64;
            metrics.time_per_output_token.record(seconds);
        }
    }

    fn record_cost(&self, outcome: Outcome, usage: Option<&Usage>) -> Option<f64> {
        let context =
            PriceContext { service_tier: self.service_tier.as_deref(), batch: self.batch, ..PriceContext::default() };
        let Name { provider, model, called, rates, .. } = &*self.name;
        // The model that answered may be dearer than the name that was called.
        let answered = self.response_model.as_deref().unwrap_or(called);
        let cost = usage.and_then(|usage| {
            let prices = self.llm.prices();
            if answered == called && context == PriceContext::default() {
                return prices.cost_of_known(rates, provider, called, model, usage).ok();
            }
            prices.cost_of(provider, &[answered, called], &[answered, called, model], usage, &context).ok()
        });
        if let Some(cost) = cost {
            // One that is not finite is rejected, and counted, by the counter.
            self.metrics.cost.add(cost);
        }
        let cost = cost.filter(|cost| cost.is_finite() && *cost >= 0.0);
        if cost.is_none() && outcome == Outcome::Success {
            self.metrics.unpriced.add(1);
        }
        cost
    }

    fn record_span(&self, outcome: Outcome, failure: Option<Failure>, usage: Option<&Usage>, cost_usd: Option<f64>) {
        let span = &self.span;
        if !span.is_sampled() {
            return;
        }
        span.record("outcome", outcome.as_str());
        if let Some(model) = &self.response_model {
            span.set_attribute(gen_ai::RESPONSE_MODEL, model.clone());
        }
        if let Some(usage) = usage {
            span.record("prompt_tokens", usage.prompt_tokens());
            span.record("completion_tokens", usage.completion_tokens());
            for (attribute, tokens) in [
                (gen_ai::INPUT_TOKENS, usage.prompt_tokens()),
                (gen_ai::OUTPUT_TOKENS, usage.completion_tokens()),
                (gen_ai::CACHE_READ_TOKENS, usage.cached_prompt_tokens()),
                (gen_ai::CACHE_CREATION_TOKENS, usage.cache_creation_tokens()),
                (gen_ai::REASONING_TOKENS, usage.reasoning_tokens()),
            ] {
                // Plausible usage fits.
                span.set_attribute(attribute, i64::try_from(tokens).unwrap_or(i64::MAX));
            }
        }
        if let Some(cost) = cost_usd {
            span.set_attribute("cost_usd", cost);
        }
        if self.batch {
            span.set_attribute("batch", true);
        }
        if self.attempts > 1 {
            span.set_attribute("attempts", i64::from(self.attempts));
        }
        if let Some(failure) = failure {
            span.record("error_type", failure.error_type().as_str());
            if let Some(status) = failure.status() {
                span.set_attribute("http.response.status_code", i64::from(status));
            }
            span.set_error(failure.error_type().as_str(), "");
        }
    }

    fn log(&self, outcome: Outcome, failure: Option<Failure>, elapsed: Duration) {
        let Name { provider, model, .. } = &*self.name;
        let (outcome, attempts, duration_ms) = (outcome.as_str(), self.attempts, millis(elapsed));
        self.span.in_scope(|| match failure {
            Some(failure) => tracing::warn!(
                provider,
                model,
                outcome,
                error_type = failure.error_type().as_str(),
                status = failure.status(),
                attempts,
                duration_ms,
                "llm call failed"
            ),
            None => tracing::debug!(provider, model, outcome, attempts, duration_ms, "llm call ended"),
        });
    }
}
