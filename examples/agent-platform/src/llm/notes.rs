//! What the ledger says of calls to models.

use telemetry_core::Label as _;
use telemetry_llm::labels::{ErrorType, Outcome};

use super::answers::Used;
use super::asks::Ask;
use crate::check::Ledger;

/// What an answer told of its use.
pub(super) fn used(ledger: &Ledger, ask: Ask, used: Used) {
    let (provider, model) = (("provider", ask.provider), ("model", ask.model.1));
    for (kind, tokens) in [("prompt", used.prompt), ("completion", used.completion)] {
        ledger.add("llm_provider_tokens_total", &[provider, model, ("type", kind)], tokens);
    }
    for (kind, tokens) in
        [("cached_prompt", used.cached), ("cache_creation", used.created), ("reasoning", used.reasoning)]
    {
        if tokens > 0 {
            ledger.add("llm_provider_token_details_total", &[provider, model, ("type", kind)], tokens);
        }
    }
    if ask.provider == "anthropic" {
        for (direction, tokens) in [("input", used.prompt), ("output", used.completion)] {
            ledger.add("agentpane_claude_tokens_total", &[model, ("direction", direction)], tokens);
        }
    }
}

/// A call that has ended, and how.
pub(super) fn ended(ledger: &Ledger, ask: Ask, outcome: Outcome) {
    let (provider, model) = (("provider", ask.provider), ("model", ask.model.1));
    ledger.span("llm.complete");
    ledger.add("llm_provider_request_seconds", &[provider, model, ("outcome", outcome.as_str())], 1);
    if ask.provider == "anthropic" {
        ledger.add("agentpane_claude_api_calls_total", &[model, ("status", outcome.as_str())], 1);
        ledger.add("agentpane_claude_api_duration_seconds", &[model], 1);
    }
    if ask.is_streamed() {
        ledger.add("llm_provider_time_to_first_token_seconds", &[provider, model], 1);
        if outcome == Outcome::Success {
            ledger.add("llm_provider_time_per_output_token_seconds", &[provider, model], 1);
        }
    }
    if ask.name == "unpriced" {
        ledger.add("llm_provider_unpriced_requests_total", &[provider, model], 1);
    }
}

/// An attempt that failed; `last` says whether it was the call's last.
pub(super) fn failed(ledger: &Ledger, ask: Ask, error_type: ErrorType, last: bool) {
    let labels = [("provider", ask.provider), ("model", ask.model.1), ("error_type", error_type.as_str())];
    ledger.add("llm_provider_errors_total", &labels, 1);
    ledger.log(if last { "llm call failed" } else { "llm attempt failed" });
}

/// A wait because of a rate limit.
pub(super) fn waited(ledger: &Ledger, ask: Ask) {
    ledger.add("llm_provider_rate_limit_delays_seconds", &[("provider", ask.provider)], 1);
}

/// Something that a factory made.
pub(super) fn made(ledger: &Ledger, factory_type: &str, name: &str) {
    ledger.add("factory_create_seconds", &[("factory_type", factory_type), ("name", name)], 1);
}
