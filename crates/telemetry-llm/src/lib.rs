#![doc = include_str!("../README.md")]

#[cfg(feature = "bedrock")]
mod bedrock;
mod call;
mod content;
mod cost;
mod error;
mod factory;
mod failure;
#[cfg(feature = "tracing-layer")]
mod foreign;
mod gen_ai;
mod headers;
#[cfg(feature = "prices")]
mod hosts;
mod inner;
pub mod labels;
mod llm;
mod metrics;
#[cfg(any(feature = "reqwest", feature = "tower"))]
mod middleware;
#[cfg(feature = "mixin")]
pub mod mixin;
mod names;
#[cfg(feature = "tracing-layer")]
mod own_calls;
mod price;
mod queue;
mod record;
mod settings;
mod skim;
mod sse;
mod target;
mod usage;

#[cfg(feature = "bedrock")]
pub use bedrock::BedrockReader;
pub use call::{Call, CallStart, RateLimitWait};
pub use content::Content;
pub use cost::CostSource;
pub use error::LlmError;
pub use factory::{Creation, Factories};
pub use failure::Failure;
#[cfg(feature = "tracing-layer")]
pub use foreign::GenAiLayer;
pub use gen_ai::CONVENTIONS;
pub use llm::Llm;
pub use metrics::CATALOGUE;
#[doc(hidden)]
pub use metrics::{
    ClaudeMetrics, FactoryMetrics, ModelMetrics, ModelMetricsKey, ProviderMetrics, UsagePersistenceMetrics,
};
#[cfg(feature = "reqwest")]
pub use middleware::LlmMiddleware;
#[cfg(any(feature = "reqwest", feature = "tower"))]
pub use middleware::RequestModel;
#[cfg(feature = "tower")]
pub use middleware::{
    LlmBody, LlmFuture, LlmLayer, LlmRequest, LlmResponse, LlmService, OneCallFuture, OneCallLayer, OneCallService,
};
pub use price::{ModelPrice, ModelPrices, PriceContext, PriceSettings, Prices, Unpriced};
pub use queue::{
    Drained, GivenBack, Overload, PushError, PushReason, QueueSettings, StoreError, UsageQueue, UsageStore,
};
pub use record::{Ended, OnEnd, UsageRecord};
/// What [`Llm::client`] returns.
#[cfg(feature = "reqwest")]
pub use reqwest_middleware::ClientWithMiddleware;
pub use settings::LlmSettings;
pub use sse::{SseEvent, SseReader};
pub use usage::Usage;
#[cfg(feature = "prices")]
pub use usage::{Answer, AnswerStream, Api, Chunk, shapes_as_markdown};
