//! Cohere's shapes, by its API reference: chat (v2, and v1's `meta`), embeddings, rerankings.

use super::shape::Shape;
use crate::gen_ai;
use crate::metrics::ErrorType;
use crate::usage::field::alone;

/// What is billed is not what the model read: `tokens` has Cohere's own preamble in it.
pub(super) const CHAT: Shape = Shape {
    title: "Cohere chat",
    endpoints: &[("/v2/chat", gen_ai::CHAT), ("/v1/chat", gen_ai::CHAT)],
    streamed: true,
    roots: &["delta.usage", "usage", "response.meta", "meta"],
    fields: &[
        alone("input_tokens", &["billed_units.input_tokens", "tokens.input_tokens"]),
        alone("output_tokens", &["billed_units.output_tokens", "tokens.output_tokens"]),
    ],
    parts: None,
    model: &["model"],
    id: &["id", "generation_id"],
    tier: &[],
    finish: &["delta.finish_reason", "finish_reason"],
    unpriced: &[],
    failed: &[
        ("delta.finish_reason", FAILED, ErrorType::ServerError),
        ("finish_reason", FAILED, ErrorType::ServerError),
        ("delta.finish_reason", LATE, ErrorType::Timeout),
        ("finish_reason", LATE, ErrorType::Timeout),
    ],
};

const FAILED: &[&str] = &["ERROR", "ERROR_LIMIT"];
const LATE: &[&str] = &["TIMEOUT"];

pub(super) const EMBEDDINGS: Shape = Shape {
    title: "Cohere embed, rerank",
    endpoints: &[("/embed", gen_ai::EMBEDDINGS), ("/rerank", gen_ai::EMBEDDINGS)],
    streamed: false,
    roots: &["meta.billed_units"],
    fields: &[alone("input_tokens", &["input_tokens"]), alone("rerank_searches", &["search_units"])],
    parts: None,
    model: &["model"],
    id: &["id"],
    tier: &[],
    finish: &[],
    unpriced: &[],
    failed: &[],
};
