//! Google's shapes: generateContent (Gemini API and Vertex AI), interactions, predictions.

use super::shape::{Shape, Sign};
use crate::gen_ai;
use crate::metrics::ErrorType;
use crate::usage::field::{TOTAL, alone, beside, within};

/// By the reference of `UsageMetadata`: the thoughts stand beside the candidates' tokens, what tools put into the prompt
/// beside the prompt's, and what came out of the cache within them.
pub(super) const GENERATE_CONTENT: Shape = Shape {
    title: "Gemini generateContent, embedContent",
    endpoints: &[
        (":generateContent", gen_ai::GENERATE_CONTENT),
        (":streamGenerateContent", gen_ai::GENERATE_CONTENT),
        (":embedContent", gen_ai::EMBEDDINGS),
        (":batchEmbedContents", gen_ai::EMBEDDINGS),
    ],
    streamed: true,
    roots: &["usageMetadata"],
    fields: &[
        alone("input_tokens", &["promptTokenCount"]),
        alone("output_tokens", &["candidatesTokenCount", "responseTokenCount"]),
        alone(TOTAL, &["totalTokenCount"]),
        within("cache_read_tokens", &["cachedContentTokenCount"]),
        beside("output_reasoning_tokens", &["thoughtsTokenCount"]),
        beside("input_tool_tokens", &["toolUsePromptTokenCount"]),
        within("cache_text_read_tokens", &["cacheTokensDetails[modality=TEXT].tokenCount"]),
        within("cache_audio_read_tokens", &["cacheTokensDetails[modality=AUDIO].tokenCount"]),
        within("cache_image_read_tokens", &["cacheTokensDetails[modality=IMAGE].tokenCount"]),
        within("cache_image_read_tokens", &["cacheTokensDetails[modality=DOCUMENT].tokenCount"]),
        within("cache_video_read_tokens", &["cacheTokensDetails[modality=VIDEO].tokenCount"]),
        within("input_text_tokens", &["promptTokensDetails[modality=TEXT].tokenCount"]),
        within("input_audio_tokens", &["promptTokensDetails[modality=AUDIO].tokenCount"]),
        within("input_image_tokens", &["promptTokensDetails[modality=IMAGE].tokenCount"]),
        within("input_image_tokens", &["promptTokensDetails[modality=DOCUMENT].tokenCount"]),
        within("input_video_tokens", &["promptTokensDetails[modality=VIDEO].tokenCount"]),
        within("output_text_tokens", &["candidatesTokensDetails[modality=TEXT].tokenCount"]),
        within("output_audio_tokens", &["candidatesTokensDetails[modality=AUDIO].tokenCount"]),
        within("output_image_tokens", &["candidatesTokensDetails[modality=IMAGE].tokenCount"]),
        within("output_image_tokens", &["candidatesTokensDetails[modality=DOCUMENT].tokenCount"]),
        within("output_video_tokens", &["candidatesTokensDetails[modality=VIDEO].tokenCount"]),
        within("input_text_tokens", &["toolUsePromptTokensDetails[modality=TEXT].tokenCount"]),
        within("input_text_tool_tokens", &["toolUsePromptTokensDetails[modality=TEXT].tokenCount"]),
        within("input_audio_tokens", &["toolUsePromptTokensDetails[modality=AUDIO].tokenCount"]),
        within("input_audio_tool_tokens", &["toolUsePromptTokensDetails[modality=AUDIO].tokenCount"]),
        within("input_image_tokens", &["toolUsePromptTokensDetails[modality=IMAGE].tokenCount"]),
        within("input_image_tool_tokens", &["toolUsePromptTokensDetails[modality=IMAGE].tokenCount"]),
        within("input_image_tokens", &["toolUsePromptTokensDetails[modality=DOCUMENT].tokenCount"]),
        within("input_image_tool_tokens", &["toolUsePromptTokensDetails[modality=DOCUMENT].tokenCount"]),
        within("input_video_tokens", &["toolUsePromptTokensDetails[modality=VIDEO].tokenCount"]),
        within("input_video_tool_tokens", &["toolUsePromptTokensDetails[modality=VIDEO].tokenCount"]),
    ],
    parts: None,
    model: &["modelVersion"],
    id: &["responseId"],
    tier: &["usageMetadata.serviceTier", "usageMetadata.trafficType"],
    finish: &["candidates[].finishReason"],
    // A search by Google, or one of its maps, is charged by the request.
    unpriced: &[
        Sign::AnyText("candidates[].groundingMetadata.webSearchQueries[]"),
        Sign::AnyText("candidates[].groundingMetadata.groundingChunks[].maps.uri"),
    ],
    failed: &[],
};

/// By the reference of `Interaction.usage`: the total is that of input, output, thoughts and what tools put in.
pub(super) const INTERACTIONS: Shape = Shape {
    title: "Gemini interactions",
    endpoints: &[("/interactions", gen_ai::GENERATE_CONTENT)],
    streamed: true,
    roots: &["interaction.usage", "usage"],
    fields: &[
        alone("input_tokens", &["total_input_tokens"]),
        alone("output_tokens", &["total_output_tokens"]),
        alone(TOTAL, &["total_tokens"]),
        within("cache_read_tokens", &["total_cached_tokens"]),
        beside("output_reasoning_tokens", &["total_thought_tokens", "total_reasoning_tokens"]),
        beside("input_tool_tokens", &["total_tool_use_tokens"]),
    ],
    parts: None,
    model: &["interaction.model", "model"],
    id: &["interaction.id", "id"],
    tier: &["interaction.service_tier", "service_tier"],
    finish: &["interaction.status", "status"],
    unpriced: &[],
    failed: &[
        ("interaction.status", &["failed"], ErrorType::ServerError),
        ("status", &["failed"], ErrorType::ServerError),
    ],
};

/// Embeddings of Vertex AI, by `predict`.
pub(super) const PREDICTIONS: Shape = Shape {
    title: "Vertex AI predictions",
    endpoints: &[(":predict", gen_ai::EMBEDDINGS)],
    streamed: false,
    roots: &[""],
    fields: &[alone("input_tokens", &["predictions[].embeddings.statistics.token_count"])],
    parts: None,
    model: &["model"],
    id: &[],
    tier: &[],
    finish: &[],
    unpriced: &[],
    failed: &[],
};
