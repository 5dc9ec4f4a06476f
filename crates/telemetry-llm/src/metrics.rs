//! The metrics of this crate: the declaration, nothing else.

use telemetry_core::{Catalogue, Counter, Histogram, Label, Metrics, UpDownCounter};

/// Every metric of this crate.
pub const CATALOGUE: Catalogue = Catalogue::new(
    env!("CARGO_PKG_NAME"),
    &[
        ModelMetrics::CATALOGUE,
        ProviderMetrics::CATALOGUE,
        UsagePersistenceMetrics::CATALOGUE,
        FactoryMetrics::CATALOGUE,
        ClaudeMetrics::CATALOGUE,
    ],
);

/// What is measured of one model of a provider.
#[derive(Metrics)]
#[metrics(scope = "telemetry.llm", entity(provider, model))]
pub struct ModelMetrics {
    /// Provider API call latency
    #[metric(
        name = "llm_provider_request_seconds",
        unit = "s",
        buckets = [0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0]
    )]
    pub request: Histogram<Outcome>,
    /// Tokens consumed by provider and type
    #[metric(name = "llm_provider_tokens_total")]
    pub tokens: Counter<TokenType>,
    /// Estimated cumulative cost in US dollars
    #[metric(name = "llm_provider_cost_usd_total")]
    pub cost: Counter<(), f64>,
    /// Provider errors by category
    #[metric(name = "llm_provider_errors_total")]
    pub errors: Counter<ErrorType>,
    /// Time from request to the first streamed token
    #[metric(
        name = "llm_provider_time_to_first_token_seconds",
        unit = "s",
        buckets = [0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0]
    )]
    pub time_to_first_token: Histogram,
    /// Mean time per output token after the first, per streamed response
    #[metric(
        name = "llm_provider_time_per_output_token_seconds",
        unit = "s",
        buckets = [0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1.0]
    )]
    pub time_per_output_token: Histogram,
    /// Parts of the prompt and completion tokens that are priced differently
    #[metric(name = "llm_provider_token_details_total")]
    pub token_details: Counter<TokenDetail>,
    /// Successful requests for a model that has no price, so that their cost is missing
    #[metric(name = "llm_provider_unpriced_requests_total")]
    pub unpriced: Counter,
}

/// What is measured of one provider.
#[derive(Metrics)]
#[metrics(scope = "telemetry.llm", entity(provider))]
pub struct ProviderMetrics {
    /// Time spent waiting because of rate limits
    #[metric(
        name = "llm_provider_rate_limit_delays_seconds",
        unit = "s",
        buckets = [0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0]
    )]
    pub rate_limit_delays: Histogram,
}

/// What is measured of storing usage records.
#[derive(Metrics)]
#[metrics(scope = "telemetry.llm", entity())]
pub struct UsagePersistenceMetrics {
    /// Usage record persistence latency
    #[metric(
        name = "llm_usage_persist_seconds",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0]
    )]
    pub persist: Histogram<PersistOutcome>,
    /// Usage persistence failures
    #[metric(name = "llm_usage_persist_errors_total")]
    pub errors: Counter<PersistErrorType>,
    /// Usage records waiting to be persisted
    #[metric(name = "llm_usage_persist_queue_size")]
    pub queue_size: UpDownCounter,
}

/// What is measured of making one sort of provider or tool.
#[derive(Metrics)]
#[metrics(scope = "telemetry.llm", entity(name))]
pub struct FactoryMetrics {
    /// Factory instantiation time
    #[metric(name = "factory_create_seconds", unit = "s", buckets = [0.00001, 0.0001, 0.001, 0.01])]
    pub create: Histogram<FactoryType>,
}

/// What is measured of one Claude model: of every call whose provider is `anthropic`.
#[derive(Metrics)]
#[metrics(scope = "telemetry.llm", entity(model))]
pub struct ClaudeMetrics {
    /// Claude API calls
    #[metric(name = "agentpane_claude_api_calls_total")]
    pub calls: Counter<ClaudeStatus>,
    /// Claude tokens consumed
    #[metric(name = "agentpane_claude_tokens_total")]
    pub tokens: Counter<ClaudeDirection>,
    /// Claude API call duration
    #[metric(
        name = "agentpane_claude_api_duration_seconds",
        unit = "s",
        buckets = [0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0]
    )]
    pub duration: Histogram,
}

/// How a call ended.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
pub enum Outcome {
    /// The provider answered.
    Success,
    /// It failed.
    Error,
    /// It took longer than it was given.
    Timeout,
    /// Its guard was dropped unfinished: a cancelled future, an early return.
    Cancelled,
    /// The provider refused it because of a rate limit.
    RateLimited,
}

/// Which way a token went.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "type")]
pub enum TokenType {
    /// To the model, tokens that came out of its cache included.
    Prompt,
    /// From the model, tokens of its reasoning included.
    Completion,
}

/// Which tokens are priced differently.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "type")]
pub enum TokenDetail {
    /// Prompt tokens that the provider had in its cache.
    CachedPrompt,
    /// Prompt tokens that were written to the provider's cache.
    CacheCreation,
    /// Completion tokens of the model's reasoning.
    Reasoning,
}

/// Why a provider failed.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[label(name = "error_type")]
pub enum ErrorType {
    /// The account may not: its key, its permissions, its billing.
    Auth,
    /// Too much in too short a time.
    RateLimit,
    /// The request was wrong, or the model refuses it.
    InvalidRequest,
    /// The provider failed or is overloaded.
    ServerError,
    /// A deadline passed.
    Timeout,
    /// The connection could not be made, or broke.
    Connection,
    /// Anything else: answers that make no sense, errors of which nothing is known.
    Unknown,
}

/// How storing a batch of usage records ended.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
pub enum PersistOutcome {
    /// The batch is stored.
    Success,
    /// Nothing of the batch is stored.
    Error,
}

/// Why storing a batch of usage records failed.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "error_type")]
pub enum PersistErrorType {
    /// The store failed.
    DbError,
    /// The store took too long.
    Timeout,
    /// The store does not accept a record.
    Validation,
}

/// What a factory makes.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "factory_type")]
pub enum FactoryType {
    /// A provider's client.
    Provider,
    /// A tool.
    Tool,
}

/// [`Outcome`] under the name that the Claude metrics have for it.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "status")]
pub enum ClaudeStatus {
    /// See [`Outcome::Success`].
    Success,
    /// See [`Outcome::Error`].
    Error,
    /// See [`Outcome::Timeout`].
    Timeout,
    /// See [`Outcome::Cancelled`].
    Cancelled,
    /// See [`Outcome::RateLimited`].
    RateLimited,
}

impl From<Outcome> for ClaudeStatus {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => Self::Success,
            Outcome::Error => Self::Error,
            Outcome::Timeout => Self::Timeout,
            Outcome::Cancelled => Self::Cancelled,
            Outcome::RateLimited => Self::RateLimited,
        }
    }
}

/// [`TokenType`] under the name that the Claude metrics have for it.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "direction")]
pub enum ClaudeDirection {
    /// See [`TokenType::Prompt`].
    Input,
    /// See [`TokenType::Completion`].
    Output,
}
