//! One recipe against the provider that stands in, and what was counted of it.

use std::error::Error;

use telemetry::llm::labels::ErrorType;
use telemetry::llm::{Failure, Llm, LlmSettings};
use telemetry_testkit::TestTelemetry;

use crate::stand_in::{CANARY, COMPLETION_TOKENS, PROMPT_TOKENS, Reply, StandIn};

/// A provider that stands in for a real one, and calls to it that are recorded in memory.
pub struct Trial {
    /// What records the calls; in an application it is [`Llm::global`].
    pub llm: Llm,
    provider: &'static str,
    stand_in: StandIn,
    telemetry: TestTelemetry,
}

/// What has to be counted.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    /// The model that was asked.
    pub model: &'a str,
    /// How many calls ended so.
    pub calls: &'a [(&'a str, u64)],
    /// How many answers there were, of [`PROMPT_TOKENS`] and [`COMPLETION_TOKENS`] each.
    pub answers: u32,
    /// What one of them costs, in US dollars.
    pub cost: f64,
    /// How many errors of the provider there were, by their class.
    pub errors: &'a [(&'a str, u32)],
}

impl Trial {
    /// Starts a provider of that name, which replies so.
    ///
    /// # Errors
    /// There is no port on loopback.
    pub async fn start(provider: &'static str, replies: &[Reply]) -> Result<Self, Box<dyn Error>> {
        let stand_in = StandIn::start(replies).await?;
        let telemetry = TestTelemetry::new();
        let mut settings = LlmSettings::default();
        // As `TELEMETRY_LLM_HOSTS` does it for a gateway.
        settings.hosts.insert(stand_in.host(), provider.to_owned());
        let llm = Llm::with_settings(telemetry.meter(), settings)?;
        Ok(Self { llm, provider, stand_in, telemetry })
    }

    /// Where the provider's API is.
    #[must_use]
    pub fn url(&self) -> String {
        self.stand_in.url()
    }

    /// Panics where something else was counted.
    ///
    /// # Panics
    /// It is a check.
    pub fn assert(&self, expected: &Counted<'_>) {
        let Counted { model, calls, answers, cost, errors } = *expected;
        assert_eq!(self.stand_in.left(), 0, "each reply was asked for");
        let metrics = self.telemetry.metrics();
        let of = [("provider", self.provider), ("model", model)];
        let with = |label: (&'static str, &'static str)| [of[0], of[1], label];
        let answers = f64::from(answers);
        metrics.assert_total(REQUESTS, &[], calls.iter().map(|(_, count)| *count as f64).sum());
        for (outcome, count) in calls {
            metrics.assert_histogram_count(REQUESTS, &[of[0], of[1], ("outcome", *outcome)], *count);
        }
        metrics.assert_total(TOKENS, &with(("type", "prompt")), answers * PROMPT_TOKENS as f64);
        metrics.assert_total(TOKENS, &with(("type", "completion")), answers * COMPLETION_TOKENS as f64);
        let charged = metrics.total(COST, &of);
        assert!((charged - answers * cost).abs() < 1e-9, "{charged} USD instead of {answers} times {cost}");
        metrics.assert_total(UNPRICED, &[], 0.0);
        metrics.assert_total(ERRORS, &[], errors.iter().map(|(_, count)| f64::from(*count)).sum());
        for (class, count) in errors {
            metrics.assert_total(ERRORS, &[of[0], ("error_type", *class)], f64::from(*count));
        }
        println!("{} {model}: {calls:?}, errors {errors:?}, {charged:.4} USD", self.provider);
    }
}

/// Panics where a failure lost what the provider said of [`Reply::Unpaid`]: its status, what its body says beyond that,
/// and, where the client hands on headers, when to come again.
///
/// # Panics
/// It is a check.
pub fn assert_unpaid(failure: &Failure, has_headers: bool) {
    assert_eq!(failure.status(), Some(400), "{failure:?}");
    assert_eq!(failure.error_type(), ErrorType::Auth, "its body tells that a bill is not paid: {failure:?}");
    let retry_after = failure.retry_after().map(|wait| wait.as_secs());
    assert_eq!(retry_after, has_headers.then_some(30), "{failure:?}");
    // The provider's sentences may quote a prompt; its names may not.
    let message = failure.message().unwrap_or_default();
    assert!(message.starts_with("HTTP 400: ") && !message.contains("balance"), "{failure:?}");
}

/// Panics where a failure says what an answer said.
///
/// # Panics
/// It is a check.
pub fn assert_quotes_nothing(failure: &Failure) {
    assert_eq!(failure.error_type(), ErrorType::Unknown);
    assert!(!format!("{failure:?}").contains(CANARY), "{failure:?}");
}

const REQUESTS: &str = "llm_provider_request_seconds";
const TOKENS: &str = "llm_provider_tokens_total";
const COST: &str = "llm_provider_cost_usd_total";
const UNPRICED: &str = "llm_provider_unpriced_requests_total";
const ERRORS: &str = "llm_provider_errors_total";
