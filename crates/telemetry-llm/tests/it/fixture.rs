//! Telemetry in memory, calls recorded by it, and the names that the tests read.

use std::ops::Deref;

use telemetry_core::Label;
use telemetry_llm::labels::ErrorType;
use telemetry_llm::{Llm, LlmSettings, ModelPrice, PriceSettings};
use telemetry_testkit::{EnteredTelemetry, SpanEntry, TestTelemetry};

/// The names of the contract, of which the tests need one spelling.
pub(crate) struct Names {
    pub(crate) request: &'static str,
    pub(crate) tokens: &'static str,
    pub(crate) cost: &'static str,
    pub(crate) errors: &'static str,
    pub(crate) rate_limit_delays: &'static str,
    pub(crate) time_to_first_token: &'static str,
    pub(crate) time_per_output_token: &'static str,
    pub(crate) token_details: &'static str,
    pub(crate) unpriced: &'static str,
    pub(crate) claude_calls: &'static str,
    pub(crate) claude_tokens: &'static str,
    pub(crate) claude_duration: &'static str,
    pub(crate) dropped: &'static str,
    pub(crate) persist: &'static str,
    pub(crate) persist_errors: &'static str,
    pub(crate) queue_size: &'static str,
    pub(crate) factory: &'static str,
}

pub(crate) const NAMES: Names = Names {
    request: "llm_provider_request_seconds",
    tokens: "llm_provider_tokens_total",
    cost: "llm_provider_cost_usd_total",
    errors: "llm_provider_errors_total",
    rate_limit_delays: "llm_provider_rate_limit_delays_seconds",
    time_to_first_token: "llm_provider_time_to_first_token_seconds",
    time_per_output_token: "llm_provider_time_per_output_token_seconds",
    token_details: "llm_provider_token_details_total",
    unpriced: "llm_provider_unpriced_requests_total",
    claude_calls: "agentpane_claude_api_calls_total",
    claude_tokens: "agentpane_claude_tokens_total",
    claude_duration: "agentpane_claude_api_duration_seconds",
    dropped: "telemetry_dropped_total",
    persist: "llm_usage_persist_seconds",
    persist_errors: "llm_usage_persist_errors_total",
    queue_size: "llm_usage_persist_queue_size",
    factory: "factory_create_seconds",
};

/// A model that only the settings of the fixture have a price for: 1 and 2 US dollars a million tokens.
pub(crate) const MODEL: &str = "test-model";

/// Telemetry in memory for this thread, by tokio's clock, and calls recorded by it.
pub(crate) struct Fixture {
    pub(crate) llm: Llm,
    telemetry: EnteredTelemetry,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with(LlmSettings { prices: prices(&[(MODEL, price(1.0, 2.0))]), ..LlmSettings::default() })
    }

    pub(crate) fn with(settings: LlmSettings) -> Self {
        let telemetry = TestTelemetry::builder().with_tokio_time().entered();
        let llm = Llm::with_settings(telemetry.meter(), settings).expect("the settings are sound");
        Self { llm, telemetry }
    }

    /// The span of the one call.
    #[track_caller]
    pub(crate) fn call(&self) -> SpanEntry {
        self.span("llm.complete")
    }

    /// Asserts that there was one request in all, that it ended so, and that the provider erred so often by class.
    #[track_caller]
    pub(crate) fn assert_one_request(&self, outcome: &str, errors: &[ErrorType]) {
        let metrics = self.metrics();
        metrics.assert_histogram_count(NAMES.request, &[("outcome", outcome)], 1);
        metrics.assert_total(NAMES.request, &[], 1.0);
        metrics.assert_total(NAMES.errors, &[], errors.len() as f64);
        for error in errors {
            let count = errors.iter().filter(|other| *other == error).count();
            metrics.assert_counter(NAMES.errors, &[("error_type", error.as_str())], count as f64);
        }
        self.call().assert_attribute("outcome", outcome);
    }
}

impl Deref for Fixture {
    type Target = TestTelemetry;

    fn deref(&self) -> &TestTelemetry {
        &self.telemetry
    }
}

pub(crate) fn price(input: f64, output: f64) -> ModelPrice {
    ModelPrice { input, output, ..ModelPrice::default() }
}

pub(crate) fn prices(overrides: &[(&str, ModelPrice)]) -> PriceSettings {
    PriceSettings { overrides: overrides.iter().copied().collect(), ..PriceSettings::default() }
}
