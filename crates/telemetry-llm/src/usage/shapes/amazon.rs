//! The shapes of Amazon Bedrock: Converse, and what InvokeModel hands on of Amazon's and Meta's models.

use super::shape::{Shape, Sign};
use crate::gen_ai;
use crate::usage::field::{TOTAL, alone, beside, within};

/// By the reference of `TokenUsage`: the input lacks what was read from the cache and written to it.
pub(super) const CONVERSE: Shape = Shape {
    title: "Bedrock Converse",
    endpoints: &[("/model/{model}/converse", gen_ai::CHAT), ("/model/{model}/converse-stream", gen_ai::CHAT)],
    streamed: true,
    roots: &["metadata.usage", "usage"],
    fields: &[
        alone("input_tokens", &["inputTokens"]),
        alone("output_tokens", &["outputTokens"]),
        alone(TOTAL, &["totalTokens"]),
        beside("cache_read_tokens", &["cacheReadInputTokens", "cacheReadInputTokenCount"]),
        beside("cache_write_tokens", &["cacheWriteInputTokens", "cacheWriteInputTokenCount"]),
        within("cache_write_5m_tokens", &["cacheDetails[ttl=5m].inputTokens"]),
        within("cache_write_1h_tokens", &["cacheDetails[ttl=1h].inputTokens"]),
    ],
    parts: None,
    model: &[],
    id: &[],
    tier: &["metadata.serviceTier.type", "serviceTier.type"],
    finish: &["messageStop.stopReason", "stopReason"],
    // What is answered sooner has prices of its own.
    unpriced: &[
        Sign::Text("performanceConfig.latency", &["optimized"]),
        Sign::Text("metadata.performanceConfig.latency", &["optimized"]),
    ],
    failed: &[],
};

/// A whole answer, or pieces of which the last has the metrics of the call: their input lacks what was read from the cache
/// and written to it, as that of [`CONVERSE`] does.
pub(super) const TITAN: Shape = Shape {
    title: "Bedrock InvokeModel: Titan, Mistral, and the metrics of any streamed model",
    endpoints: &[("/model/{model}/invoke", gen_ai::CHAT), ("/model/{model}/invoke-with-response-stream", gen_ai::CHAT)],
    streamed: true,
    roots: &["amazon-bedrock-invocationMetrics", ""],
    fields: &[
        alone("input_tokens", &["inputTokenCount", "inputTextTokenCount"]),
        alone("output_tokens", &["outputTokenCount", "totalOutputTextTokenCount", "results[].tokenCount"]),
        beside("cache_read_tokens", &["cacheReadInputTokenCount"]),
        beside("cache_write_tokens", &["cacheWriteInputTokenCount"]),
    ],
    parts: None,
    model: &[],
    id: &[],
    tier: &[],
    finish: &["results[].completionReason", "completionReason", "outputs[].stop_reason", "stop_reason"],
    unpriced: &[],
    failed: &[],
};

pub(super) const LLAMA: Shape = Shape {
    title: "Bedrock InvokeModel: Llama",
    endpoints: &[("/model/{model}/invoke", gen_ai::CHAT), ("/model/{model}/invoke-with-response-stream", gen_ai::CHAT)],
    streamed: true,
    roots: &["amazon-bedrock-invocationMetrics", ""],
    fields: &[
        alone("input_tokens", &["inputTokenCount", "prompt_token_count"]),
        alone("output_tokens", &["outputTokenCount", "generation_token_count"]),
    ],
    parts: None,
    model: &[],
    id: &[],
    tier: &[],
    finish: &["stop_reason"],
    unpriced: &[],
    failed: &[],
};
