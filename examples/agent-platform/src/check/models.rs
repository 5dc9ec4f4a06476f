//! What the telemetry has to say of calls to models, by what their providers were asked and gave.

use super::ledger::Ledger;

/// The model that no price table has.
const UNPRICED: &str = "house-model-7b";

/// What an answer tells of its use, in tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Used {
    pub(crate) prompt: u64,
    pub(crate) completion: u64,
    pub(crate) cached: u64,
    pub(crate) created: u64,
    pub(crate) reasoning: u64,
}

/// What a provider was asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AskedModel<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) provider: &'a str,
    /// The model as it was called.
    pub(crate) model: &'a str,
    pub(crate) is_streamed: bool,
}

impl AskedModel<'_> {
    /// It was answered, to a client that a factory made or another.
    pub(crate) fn answered(self, used: Used, client_is_made: bool) {
        self.used(used);
        self.ended("success", client_is_made);
    }

    /// The answer is too slow for the platform, which cuts off what it passes on.
    pub(crate) fn too_slow(self) {
        self.attempt_failed("timeout", "llm call failed");
        self.ended("timeout", true);
        self.ledger.log("request failed");
    }

    /// The caller leaves after the first piece.
    pub(crate) fn left(self) {
        self.ended("cancelled", true);
    }

    /// It was refused.
    pub(crate) fn failed(self, error_type: &str) {
        self.attempt_failed(error_type, "llm call failed");
        self.ended("error", true);
    }

    /// It was refused because of a rate limit, and will come again.
    pub(crate) fn limited(self) {
        self.attempt_failed("rate_limit", "llm attempt failed");
        self.ledger.add("llm_provider_rate_limit_delays_seconds", &[("provider", self.provider)], 1);
    }

    /// The model as metrics label it.
    fn label(&self) -> &str {
        match self.model {
            "gpt-4o-2024-08-06" => "gpt-4o",
            "claude-sonnet-4-5-20250929" => "claude-sonnet-4-5",
            other => other,
        }
    }

    fn used(&self, used: Used) {
        let (ledger, provider, model) = (self.ledger, ("provider", self.provider), ("model", self.label()));
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
        if self.provider == "anthropic" {
            for (direction, tokens) in [("input", used.prompt), ("output", used.completion)] {
                ledger.add("agentpane_claude_tokens_total", &[model, ("direction", direction)], tokens);
            }
        }
    }

    fn attempt_failed(&self, error_type: &str, message: &str) {
        let labels = [("provider", self.provider), ("model", self.label()), ("error_type", error_type)];
        self.ledger.add("llm_provider_errors_total", &labels, 1);
        self.ledger.log(message);
    }

    fn ended(&self, outcome: &str, client_is_made: bool) {
        let (ledger, provider, model) = (self.ledger, ("provider", self.provider), ("model", self.label()));
        ledger.span("llm.complete");
        ledger.add("llm_provider_request_seconds", &[provider, model, ("outcome", outcome)], 1);
        if client_is_made {
            made(ledger, "provider", self.provider);
        }
        if self.provider == "anthropic" {
            ledger.add("agentpane_claude_api_calls_total", &[model, ("status", outcome)], 1);
            ledger.add("agentpane_claude_api_duration_seconds", &[model], 1);
        }
        // Of what was refused there is no token.
        if self.is_streamed && outcome != "error" {
            ledger.add("llm_provider_time_to_first_token_seconds", &[provider, model], 1);
            if outcome == "success" {
                ledger.add("llm_provider_time_per_output_token_seconds", &[provider, model], 1);
            }
        }
        if self.model == UNPRICED {
            ledger.add("llm_provider_unpriced_requests_total", &[provider, model], 1);
        }
    }
}

/// Something that a factory made.
pub(crate) fn made(ledger: &Ledger, factory_type: &str, name: &str) {
    ledger.add("factory_create_seconds", &[("factory_type", factory_type), ("name", name)], 1);
}
