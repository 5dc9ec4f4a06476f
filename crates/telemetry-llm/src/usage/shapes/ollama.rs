//! Ollama's own API, by its reference: the numbers stand in the answer itself, and in the last line of a streamed one.

use super::shape::Shape;
use crate::gen_ai;
use crate::usage::field::alone;

pub(super) const OLLAMA: Shape = Shape {
    title: "Ollama chat, generate, embed",
    endpoints: &[
        ("/api/chat", gen_ai::CHAT),
        ("/api/generate", gen_ai::TEXT_COMPLETION),
        ("/api/embed", gen_ai::EMBEDDINGS),
    ],
    streamed: true,
    roots: &[""],
    fields: &[alone("input_tokens", &["prompt_eval_count"]), alone("output_tokens", &["eval_count"])],
    parts: None,
    model: &["model"],
    id: &[],
    tier: &[],
    finish: &["done_reason"],
    unpriced: &[],
    failed: &[],
};
