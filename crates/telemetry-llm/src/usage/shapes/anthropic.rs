//! Anthropic's messages, by its API reference; the same on Bedrock, Vertex AI and Azure.

use super::shape::{Shape, Sign};
use crate::gen_ai;
use crate::usage::field::{alone, beside, within};

/// The prompt's own number lacks what was read from the cache and written to it. Where `iterations` are listed
/// (compaction, an advisor, which is another model), their sum is billed, and the numbers above them are those of the last
/// message.
pub(super) const MESSAGES: Shape = Shape {
    title: "Anthropic messages",
    endpoints: &[("/messages", gen_ai::CHAT), (":rawPredict", gen_ai::CHAT), (":streamRawPredict", gen_ai::CHAT)],
    streamed: true,
    roots: &["message.usage", "usage"],
    fields: &[
        alone("input_tokens", &["input_tokens"]),
        alone("output_tokens", &["output_tokens"]),
        beside("cache_read_tokens", &["cache_read_input_tokens"]),
        beside("cache_write_tokens", &["cache_creation_input_tokens"]),
        within("cache_write_5m_tokens", &["cache_creation.ephemeral_5m_input_tokens"]),
        within("cache_write_1h_tokens", &["cache_creation.ephemeral_1h_input_tokens"]),
        within("output_reasoning_tokens", &["output_tokens_details.thinking_tokens"]),
        alone("web_searches", &["server_tool_use.web_search_requests"]),
        alone("code_executions", &["server_tool_use.code_execution_requests"]),
    ],
    parts: Some("iterations"),
    model: &["message.model", "model"],
    id: &["message.id", "id"],
    tier: &["message.usage.service_tier", "usage.service_tier"],
    finish: &["delta.stop_reason", "stop_reason"],
    unpriced: &[
        // The fast mode of some models has prices of its own.
        Sign::Text("usage.speed", &["fast"]),
        Sign::Text("message.usage.speed", &["fast"]),
        // So has a place that the request insists on.
        Sign::Text("usage.inference_geo", &["us"]),
        Sign::Text("message.usage.inference_geo", &["us"]),
    ],
    failed: &[],
};
