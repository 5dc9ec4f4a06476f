//! Telemetry of LLM provider calls: latency, tokens, cost, errors, rate limits, usage persistence, factories.

mod call;
mod content;
mod failure;
mod gen_ai;
mod llm;
mod metrics;
mod names;
#[cfg(feature = "prices")]
mod price;
mod record;
mod usage;

pub use call::{Call, CallStart, RateLimitWait};
pub use content::{Content, mask};
pub use failure::Failure;
pub use llm::{Llm, LlmSettings};
pub use metrics::{
    CATALOGUE, ClaudeDirection, ClaudeMetrics, ClaudeStatus, ErrorType, FactoryMetrics, FactoryType, ModelMetrics,
    ModelMetricsKey, Outcome, PersistErrorType, PersistOutcome, ProviderMetrics, TokenDetail, TokenType,
    UsagePersistenceMetrics,
};
#[cfg(feature = "prices")]
pub use price::{ModelPrice, PriceContext, PriceError, PriceSettings, Prices, Unpriced};
pub use record::{Ended, UsageRecord};
pub use usage::Usage;
#[cfg(feature = "prices")]
pub use usage::{Answer, AnswerStream, Api, Chunk};
