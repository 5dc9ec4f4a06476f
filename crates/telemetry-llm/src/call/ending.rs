//! What is recorded when a call ends.

use std::time::{Duration, Instant};

use telemetry_core::scope::{Scope, Spent};
use telemetry_core::{End, Label, Operation, end_event, text};

use super::messages;
use super::noted::Noted;
use crate::cost::{Cost, CostSource};
use crate::failure::Failure;
use crate::gen_ai::ConventionsOfCall;
use crate::metrics::{ClaudeDirection, ModelMetrics, Outcome, TokenDetail, TokenType};
use crate::price::{Charge, PriceContext, Unpriced};
use crate::target::Target;
use crate::usage::Usage;

/// The end of a call, and all that it is recorded with.
pub(super) struct Ending<'a> {
    pub(super) target: &'a Target,
    pub(super) noted: &'a Noted,
    /// What the model said, if that may be shown.
    pub(super) completion: Option<&'a str>,
    pub(super) conventions: Option<&'a ConventionsOfCall>,
    /// What it used, if that can be.
    pub(super) usage: Option<&'a Usage>,
    pub(super) outcome: Outcome,
    pub(super) failure: Option<&'a Failure>,
    pub(super) started: Instant,
    pub(super) elapsed: Duration,
    /// Who else is told what it used.
    pub(super) scope: Option<&'a Scope>,
}

impl Ending<'_> {
    /// Records the metrics, and returns what the call cost.
    pub(super) fn measure(&self) -> Option<Cost> {
        self.tell_contradiction();
        let metrics = self.target.metrics();
        metrics.request.at(self.outcome).record(self.elapsed.as_secs_f64());
        if let Some(failure) = self.failure {
            metrics.errors.at(failure.error_type()).add(1);
        }
        if let Some(usage) = self.usage {
            self.measure_tokens(metrics, usage);
        }
        if self.target.name().is_anthropic {
            self.measure_claude();
        }
        if let Some(conventions) = self.conventions {
            self.measure_conventions(conventions);
        }
        let cost = self.measure_cost(metrics);
        self.report(cost);
        cost
    }

    /// Tells the scopes that the call was made in what it used.
    fn report(&self, cost: Option<Cost>) {
        let Some(scope) = self.scope else { return };
        let tokens = self.usage.map(|usage| Spent::tokens(usage.prompt_tokens(), usage.completion_tokens()));
        let spent = match cost {
            Some(cost) => tokens.unwrap_or_default().with_cost_usd(cost.usd),
            None => tokens.unwrap_or_default(),
        };
        if spent != Spent::default() {
            scope.report(&spent);
        }
    }

    fn measure_tokens(&self, metrics: &ModelMetrics, usage: &Usage) {
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
        if let Some((first, last)) = self.noted.output
            && usage.completion_tokens() > 1
        {
            // The first token is the other metric's.
            let seconds = (last - first).as_secs_f64() / (usage.completion_tokens() - 1) as f64;
            metrics.time_per_output_token.record(seconds);
        }
    }

    fn measure_claude(&self) {
        let claude = self.target.inner().claude.get(self.target.model());
        claude.calls.at(self.outcome.into()).add(1);
        claude.duration.record(self.elapsed.as_secs_f64());
        if let Some(usage) = self.usage {
            claude.tokens.at(ClaudeDirection::Input).add(usage.prompt_tokens());
            claude.tokens.at(ClaudeDirection::Output).add(usage.completion_tokens());
        }
    }

    fn measure_conventions(&self, call: &ConventionsOfCall) {
        let cancelled = if self.outcome == Outcome::Cancelled { self.outcome.as_str() } else { "" };
        let error = self.failure.map_or(cancelled, |failure| failure.error_type().as_str());
        let response = self.noted.response_model.as_deref().unwrap_or_default();
        let conventions = &self.target.inner().conventions;
        conventions.end(call, self.target.name(), response, error, self.elapsed, self.usage);
    }

    fn measure_cost(&self, metrics: &ModelMetrics) -> Option<Cost> {
        let cost = self.cost();
        if let Some(cost) = &cost {
            metrics.cost.add(cost.usd);
        }
        // A sum that lacks a part is not the cost either.
        let is_known = cost.is_some_and(|cost| !cost.is_partial);
        if !is_known && self.outcome == Outcome::Success {
            metrics.unpriced.add(1);
        }
        cost
    }

    /// What is known of the cost, or else what prices make of the usage.
    fn cost(&self) -> Option<Cost> {
        if let Some((usd, source)) = self.noted.known_cost {
            return Some(Cost { usd, source, is_partial: false });
        }
        let charge = self.charge(self.usage?).ok()?;
        let is_partial = charge.is_partial || self.noted.has_unpriced_parts;
        Some(Cost { usd: charge.usd, source: CostSource::Table, is_partial })
    }

    fn charge(&self, usage: &Usage) -> Result<Charge, Unpriced> {
        let Noted { service_tier, batch, response_model, .. } = self.noted;
        let context = PriceContext { service_tier: service_tier.as_deref(), batch: *batch, ..PriceContext::default() };
        let (name, prices) = (self.target.name(), &self.target.inner().prices);
        let (provider, called) = (&*name.provider, &*name.called);
        // The model that answered may be dearer than the name that was called.
        let answered = response_model.as_deref().unwrap_or(called);
        if answered == called && context == PriceContext::default() {
            let model = (provider, called, || self.target.model());
            prices.cost_of_known(&name.rates, model, usage, self.started + self.elapsed)
        } else {
            let names = [answered, called, self.target.model()];
            prices.cost_of(provider, &[answered, called], &names, usage, &context)
        }
    }

    /// Says, once of a model, that its usage contradicts itself: what is counted is what can be of it.
    fn tell_contradiction(&self) {
        if self.usage.is_some_and(Usage::is_contradicted) && self.target.name().rates.is_first_contradiction() {
            let (provider, model) = (self.target.provider(), self.target.model());
            tracing::warn!(target: "telemetry", provider, model, "usage contradicts itself, and is cut to what can be");
        }
    }

    /// Writes on the span what its end does not.
    pub(super) fn describe(&self, operation: &Operation, cost: Option<Cost>) {
        let span = operation.span();
        if !span.is_recording() {
            return;
        }
        let noted = self.noted;
        for (field, text) in
            [("gen_ai.response.model", &noted.response_model), ("gen_ai.response.id", &noted.response_id)]
        {
            if let Some(text) = text {
                span.record(field, text.as_str());
            }
        }
        if !noted.finish_reasons.is_empty() {
            span.record_list("gen_ai.response.finish_reasons", within(text::MESSAGE, &noted.finish_reasons));
        }
        let finish_reason = noted.finish_reasons.first().map(String::as_str);
        if let Some(messages) = messages::output(self.completion, &noted.tool_calls, finish_reason) {
            span.record("gen_ai.output.messages", messages.as_str());
        }
        if let Some(usage) = self.usage {
            for (field, tokens) in [
                ("prompt_tokens", usage.prompt_tokens()),
                ("completion_tokens", usage.completion_tokens()),
                ("gen_ai.usage.input_tokens", usage.prompt_tokens()),
                ("gen_ai.usage.output_tokens", usage.completion_tokens()),
                ("gen_ai.usage.cache_read.input_tokens", usage.cached_prompt_tokens()),
                ("gen_ai.usage.cache_creation.input_tokens", usage.cache_creation_tokens()),
                ("gen_ai.usage.reasoning.output_tokens", usage.reasoning_tokens()),
            ] {
                // Plausible usage fits.
                span.record(field, i64::try_from(tokens).unwrap_or(i64::MAX));
            }
        }
        if let Some(cost) = cost {
            span.record("cost_usd", cost.usd);
            span.record("cost_source", cost.source.as_str());
            if cost.is_partial {
                span.record("cost_partial", true);
            }
        }
        if noted.failed_attempts > 0 {
            span.record("attempts", noted.attempt());
        }
        if let Some(failure) = self.failure {
            span.record("error_type", failure.error_type().as_str());
            if let Some(reason) = failure.reason() {
                span.record("reason", reason);
            }
            if let Some(status) = failure.status() {
                span.record("http.response.status_code", i64::from(status));
            }
        }
    }

    pub(super) fn log(&self, operation: &Operation, end: &End<'_>) {
        end_event!(operation, end, self.elapsed, {
            provider = self.target.provider(),
            model = self.target.model(),
            status = self.failure.and_then(Failure::status).map(i64::from),
            attempts = self.noted.attempt()
        }, "llm call ended", "llm call failed");
    }
}

/// As many of the texts as have room in so many bytes.
fn within(mut room: usize, texts: &[String]) -> impl Iterator<Item = String> {
    texts.iter().map_while(move |text| {
        room = room.checked_sub(text.len())?;
        Some(text.clone())
    })
}
