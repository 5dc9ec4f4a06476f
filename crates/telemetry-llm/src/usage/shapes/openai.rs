//! OpenAI's shapes, by its API reference: chat completions, responses, embeddings, images, audio.

use super::shape::{Shape, Sign};
use crate::gen_ai;
use crate::metrics::ErrorType;
use crate::usage::field::{TOTAL, alone, within};

/// The names beside OpenAI's own are those that compatible servers use, for providers that no row is known of.
pub(super) const CHAT: Shape = Shape {
    title: "OpenAI chat completions, completions",
    endpoints: &[
        ("/chat/completions", gen_ai::CHAT),
        ("/completions", gen_ai::TEXT_COMPLETION),
        ("/invocations", gen_ai::CHAT),
        ("/text/chatcompletion_v2", gen_ai::CHAT),
        ("/text-generation/generation", gen_ai::CHAT),
        ("/multimodal-generation/generation", gen_ai::CHAT),
    ],
    streamed: true,
    // Groq's (`x_groq`), Moonshot's (within a choice), Cloudflare's (within a result) and Bedrock's (which adds what it
    // measured to the last piece of whatever a model says) are places of the whole object.
    roots: &["usage", "x_groq.usage", "choices[].usage", "result.usage", "amazon-bedrock-invocationMetrics"],
    fields: &[
        alone("input_tokens", &["prompt_tokens", "input_tokens", "inputTokenCount"]),
        alone("output_tokens", &["completion_tokens", "output_tokens", "outputTokenCount"]),
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
    finish: &["choices[].finish_reason", "choices[].stop_reason"],
    // A search, or a tool of the provider's own, is charged by the call.
    unpriced: &[
        Sign::Text("choices[].message.annotations[].type", &["url_citation"]),
        Sign::Text("choices[].delta.annotations[].type", &["url_citation"]),
        Sign::AnyText("choices[].message.executed_tools[].type"),
        Sign::AnyText("choices[].delta.executed_tools[].type"),
        Sign::Above("usage.num_sources_used"),
        Sign::Above("usage.num_server_side_tools_used"),
    ],
    // Mistral's and OpenRouter's, and DeepSeek's.
    failed: &[("choices[].finish_reason", &["error", "insufficient_system_resource"], ErrorType::ServerError)],
};

pub(super) const RESPONSES: Shape = Shape {
    title: "OpenAI responses",
    endpoints: &[("/responses", gen_ai::CHAT), ("/responses/compact", gen_ai::CHAT)],
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
    unpriced: &[
        Sign::Text("output[].type", TOOLS),
        Sign::Text("response.output[].type", TOOLS),
        Sign::Above("usage.num_server_side_tools_used"),
        Sign::Above("response.usage.num_server_side_tools_used"),
    ],
    failed: &[("status", FAILED, ErrorType::ServerError), ("response.status", FAILED, ErrorType::ServerError)],
};

/// The status of a response that failed, whether it has an error or none.
const FAILED: &[&str] = &["failed"];

/// The items of a response that are calls of OpenAI's own tools.
const TOOLS: &[&str] = &["web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call"];

/// Voyage and Jina say the total alone where OpenAI says the prompt's tokens.
pub(super) const EMBEDDINGS: Shape = Shape {
    title: "OpenAI embeddings, rerank of Voyage and Jina",
    endpoints: &[("/embeddings", gen_ai::EMBEDDINGS), ("/rerank", gen_ai::EMBEDDINGS)],
    streamed: false,
    roots: &["usage"],
    fields: &[alone("input_tokens", &["prompt_tokens", "input_tokens", "total_tokens"])],
    parts: None,
    model: &["model"],
    id: &["id"],
    tier: &[],
    finish: &[],
    unpriced: &[],
    failed: &[],
};

pub(super) const IMAGES: Shape = Shape {
    title: "OpenAI images",
    endpoints: &[("/images/generations", gen_ai::GENERATE_CONTENT), ("/images/edits", gen_ai::GENERATE_CONTENT)],
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
    failed: &[],
};

/// Billed by tokens, or by the length of what was heard, which stands in the answer itself where it has no usage.
pub(super) const TRANSCRIPTION: Shape = Shape {
    title: "OpenAI transcriptions, translations, speech",
    endpoints: &[
        ("/audio/transcriptions", gen_ai::GENERATE_CONTENT),
        ("/audio/translations", gen_ai::GENERATE_CONTENT),
        ("/audio/speech", gen_ai::GENERATE_CONTENT),
    ],
    streamed: true,
    roots: &["usage", ""],
    fields: &[
        alone("input_tokens", &["input_tokens", "prompt_tokens"]),
        alone("output_tokens", &["output_tokens", "completion_tokens"]),
        alone(TOTAL, &["total_tokens"]),
        within("input_text_tokens", &["input_token_details.text_tokens"]),
        within("input_audio_tokens", &["input_token_details.audio_tokens", "prompt_audio_tokens"]),
        alone("audio_seconds", &["seconds", "prompt_audio_seconds", "duration"]),
        alone("input_audio_seconds", &["seconds", "prompt_audio_seconds", "duration"]),
    ],
    parts: None,
    model: &["model"],
    id: &[],
    tier: &[],
    finish: &[],
    unpriced: &[],
    failed: &[],
};
