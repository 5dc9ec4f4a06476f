//! OpenAI's shapes, by its API reference: chat completions, responses, embeddings, images, audio.

use super::shape::{Shape, Sign};
use crate::usage::field::{TOTAL, alone, within};

/// The names beside OpenAI's own are those that compatible servers use, for providers that no row is known of.
pub(super) const CHAT: Shape = Shape {
    title: "OpenAI chat completions, completions",
    endpoints: &["/chat/completions", "/completions"],
    streamed: true,
    // Groq's (`x_groq`), Moonshot's (within a choice) and Cloudflare's (within a result) are places of the whole object.
    roots: &["usage", "x_groq.usage", "choices[].usage", "result.usage"],
    fields: &[
        alone("input_tokens", &["prompt_tokens", "input_tokens"]),
        alone("output_tokens", &["completion_tokens", "output_tokens"]),
        alone(TOTAL, &["total_tokens"]),
        within(
            "cache_read_tokens",
            &[
                "prompt_tokens_details.cached_tokens",
                "input_tokens_details.cached_tokens",
                "prompt_cache_hit_tokens",
                "cached_tokens",
                "num_cached_tokens",
                "cache_read_input_tokens",
            ],
        ),
        within(
            "cache_write_tokens",
            &[
                "prompt_tokens_details.cache_write_tokens",
                "prompt_tokens_details.cache_creation_tokens",
                "prompt_tokens_details.cache_creation_input_tokens",
                "cache_creation_input_tokens",
            ],
        ),
        within(
            "output_reasoning_tokens",
            &[
                "completion_tokens_details.reasoning_tokens",
                "output_tokens_details.reasoning_tokens",
                "reasoning_tokens",
            ],
        ),
        within("input_audio_tokens", &["prompt_tokens_details.audio_tokens"]),
        within("output_audio_tokens", &["completion_tokens_details.audio_tokens"]),
    ],
    parts: None,
    model: &["model", "result.model"],
    id: &["id"],
    tier: &["service_tier"],
    finish: &["choices[].finish_reason"],
    unpriced: &[],
};

pub(super) const RESPONSES: Shape = Shape {
    title: "OpenAI responses",
    endpoints: &["/responses", "/responses/compact"],
    streamed: true,
    roots: &["response.usage", "usage"],
    fields: &[
        alone("input_tokens", &["input_tokens", "prompt_tokens"]),
        alone("output_tokens", &["output_tokens", "completion_tokens"]),
        alone(TOTAL, &["total_tokens"]),
        within(
            "cache_read_tokens",
            &[
                "input_tokens_details.cached_tokens",
                "input_tokens_details.cache_read_input_tokens",
                "input_token_details.cached_tokens",
            ],
        ),
        within("cache_write_tokens", &["input_tokens_details.cache_write_tokens"]),
        within("output_reasoning_tokens", &["output_tokens_details.reasoning_tokens"]),
        // Of the events of a session in real time.
        within("input_audio_tokens", &["input_token_details.audio_tokens"]),
        within("cache_audio_read_tokens", &["input_token_details.cached_tokens_details.audio_tokens"]),
        within("output_audio_tokens", &["output_token_details.audio_tokens"]),
    ],
    parts: None,
    model: &["response.model", "model"],
    id: &["response.id", "id"],
    tier: &["response.service_tier", "service_tier"],
    finish: &["response.status", "status"],
    // Each is charged by the call, for which the table has no price.
    unpriced: &[Sign::Text("output[].type", TOOLS), Sign::Text("response.output[].type", TOOLS)],
};

/// The items of a response that are calls of OpenAI's own tools.
const TOOLS: &[&str] = &["web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call"];

/// Voyage and Jina say the total alone where OpenAI says the prompt's tokens.
pub(super) const EMBEDDINGS: Shape = Shape {
    title: "OpenAI embeddings",
    endpoints: &["/embeddings"],
    streamed: false,
    roots: &["usage"],
    fields: &[alone("input_tokens", &["prompt_tokens", "input_tokens", "total_tokens"])],
    parts: None,
    model: &["model"],
    id: &["id"],
    tier: &[],
    finish: &[],
    unpriced: &[],
};

pub(super) const IMAGES: Shape = Shape {
    title: "OpenAI images",
    endpoints: &["/images/generations", "/images/edits"],
    streamed: true,
    roots: &["usage"],
    fields: &[
        alone("input_tokens", &["input_tokens", "prompt_tokens"]),
        alone("output_tokens", &["output_tokens", "completion_tokens"]),
        alone(TOTAL, &["total_tokens"]),
        within("cache_read_tokens", &["input_tokens_details.cached_tokens"]),
        within("input_text_tokens", &["input_tokens_details.text_tokens"]),
        within("input_image_tokens", &["input_tokens_details.image_tokens"]),
        within("output_text_tokens", &["output_tokens_details.text_tokens"]),
        within("output_image_tokens", &["output_tokens_details.image_tokens"]),
    ],
    parts: None,
    model: &["model"],
    id: &[],
    tier: &[],
    finish: &[],
    unpriced: &[],
};

/// Billed by tokens, or by the length of what was heard.
pub(super) const TRANSCRIPTION: Shape = Shape {
    title: "OpenAI transcriptions, translations, speech",
    endpoints: &["/audio/transcriptions", "/audio/translations", "/audio/speech"],
    streamed: true,
    roots: &["usage"],
    fields: &[
        alone("input_tokens", &["input_tokens", "prompt_tokens"]),
        alone("output_tokens", &["output_tokens", "completion_tokens"]),
        alone(TOTAL, &["total_tokens"]),
        within("input_text_tokens", &["input_token_details.text_tokens"]),
        within("input_audio_tokens", &["input_token_details.audio_tokens", "prompt_audio_tokens"]),
        alone("audio_seconds", &["seconds", "prompt_audio_seconds"]),
        alone("input_audio_seconds", &["seconds", "prompt_audio_seconds"]),
    ],
    parts: None,
    model: &["model"],
    id: &[],
    tier: &[],
    finish: &[],
    unpriced: &[],
};
