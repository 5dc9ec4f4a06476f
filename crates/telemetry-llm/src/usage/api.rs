//! The shapes of answers that are known, and how each is told.

use serde_json::Value;

/// The shape of a provider's answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Api {
    /// OpenAI's chat completions and legacy completions, which many other providers have too.
    OpenAiChat,
    /// OpenAI's responses, and what they are compacted to.
    OpenAiResponses,
    /// OpenAI's embeddings, and those of many other providers.
    OpenAiEmbeddings,
    /// OpenAI's images.
    OpenAiImages,
    /// OpenAI's transcriptions and translations of speech, and the events of speech that it makes.
    OpenAiTranscription,
    /// Anthropic's messages.
    AnthropicMessages,
    /// Gemini's generateContent and embedContent, of the Gemini API and of Vertex AI.
    GeminiGenerateContent,
    /// Gemini's interactions.
    GeminiInteractions,
    /// Predictions of Vertex AI, which its embeddings are.
    VertexPredictions,
    /// Bedrock's Converse, and the answers of Amazon's Nova.
    BedrockConverse,
    /// Amazon's Titan by Bedrock's InvokeModel.
    BedrockTitan,
    /// Meta's Llama by Bedrock's InvokeModel.
    BedrockLlama,
    /// Cohere's chat, of both versions.
    CohereChat,
    /// Cohere's embeddings and rerankings.
    CohereEmbeddings,
    /// Ollama's own API: chat, generate, embed.
    Ollama,
    /// Mistral's reading of documents, by the page.
    MistralOcr,
}

/// What Bedrock adds to the last piece of what a model says by InvokeModel.
const METRICS: &str = "amazon-bedrock-invocationMetrics";

impl Api {
    /// Each of them.
    pub(crate) const ALL: [Self; 16] = [
        Self::OpenAiChat,
        Self::OpenAiResponses,
        Self::OpenAiEmbeddings,
        Self::OpenAiImages,
        Self::OpenAiTranscription,
        Self::AnthropicMessages,
        Self::GeminiGenerateContent,
        Self::GeminiInteractions,
        Self::VertexPredictions,
        Self::BedrockConverse,
        Self::BedrockTitan,
        Self::BedrockLlama,
        Self::CohereChat,
        Self::CohereEmbeddings,
        Self::Ollama,
        Self::MistralOcr,
    ];

    /// The shape of an answer, or of an event of a streamed one, told by the fields that only it has.
    #[must_use]
    pub fn of(body: &Value) -> Option<Self> {
        let fields = body.as_object()?;
        let text = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default();
        let has = |key: &str| fields.contains_key(key);
        let within = |key: &str, inner: &str| fields.get(key).is_some_and(|value| value.get(inner).is_some());
        if ["usageMetadata", "candidates", "modelVersion", "promptFeedback"].into_iter().any(has) {
            return Some(Self::GeminiGenerateContent);
        }
        if within("embedding", "values") || (has("embeddings") && within("usageMetadata", "promptTokenCount")) {
            return Some(Self::GeminiGenerateContent);
        }
        let (object, kind, event) = (text("object"), text("type"), text("event_type"));
        if object.starts_with("chat.completion") || has("choices") || within("result", "usage") {
            return Some(Self::OpenAiChat);
        }
        if object == "interaction"
            || has("interaction")
            || event.starts_with("interaction.")
            || event.starts_with("step.")
        {
            return Some(Self::GeminiInteractions);
        }
        if kind.starts_with("image_generation.") || kind.starts_with("image_edit.") {
            return Some(Self::OpenAiImages);
        }
        if kind.starts_with("transcript.text.") || kind.starts_with("speech.audio.") {
            return Some(Self::OpenAiTranscription);
        }
        if object == "response" || object.starts_with("response.") || kind.starts_with("response.") {
            return Some(Self::OpenAiResponses);
        }
        if Self::is_anthropic(kind) {
            return Some(Self::AnthropicMessages);
        }
        Self::of_the_rest(body)
    }

    /// The answer, or the error, within what is told of one request of a batch; else the same.
    pub(super) fn within(body: &Value) -> &Value {
        // A line of OpenAI's, of Anthropic's and of Gemini's results.
        const PLACES: [&[&str]; 4] =
            [&["response", "body"], &["result", "message"], &["result", "error"], &["response"]];
        if Self::of(body).is_some() {
            return body;
        }
        let place = |place: &&[&str]| place.iter().try_fold(body, |value, key| value.get(key));
        let mut inner = PLACES.iter().filter_map(place);
        inner.find(|inner| Self::of(inner).is_some() || inner.get("error").is_some()).unwrap_or(body)
    }

    fn is_anthropic(kind: &str) -> bool {
        ["message", "message_start", "message_delta", "message_stop"].contains(&kind)
            || kind.starts_with("content_block_")
    }

    /// The shapes that are told by what they have beside each other.
    fn of_the_rest(body: &Value) -> Option<Self> {
        let has = |key: &str| body.get(key).is_some();
        let kind = body.get("type").and_then(Value::as_str).unwrap_or_default();
        let usage = |key: &str| body.get("usage").is_some_and(|usage| usage.get(key).is_some());
        if has("predictions") {
            return Some(Self::VertexPredictions);
        }
        let events = ["messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop"];
        let metadata = body.get("metadata").is_some_and(|metadata| metadata.get("usage").is_some());
        let is_event = events.into_iter().any(has) || (metadata && body.as_object().is_some_and(|all| all.len() == 1));
        if is_event || has("stopReason") || usage("inputTokens") || usage("outputTokens") {
            return Some(Self::BedrockConverse);
        }
        let outputs =
            body.get("outputs").and_then(|outputs| outputs.get(0)).is_some_and(|one| one.get("text").is_some());
        if ["inputTextTokenCount", "outputText", METRICS].into_iter().any(has) || outputs || kind == "completion" {
            return Some(Self::BedrockTitan);
        }
        if has("generation") && (has("prompt_token_count") || has("stop_reason")) {
            return Some(Self::BedrockLlama);
        }
        if has("done") || has("eval_count") || has("prompt_eval_count") {
            return Some(Self::Ollama);
        }
        if body.get("usage_info").is_some_and(|usage| usage.get("pages_processed").is_some()) {
            return Some(Self::MistralOcr);
        }
        // Cohere's events, and its answers, which have what is billed.
        let event = body.get("event_type").and_then(Value::as_str).unwrap_or_default();
        let is_cohere = ["message-", "content-", "tool-", "citation-"].iter().any(|start| kind.starts_with(start))
            || ["stream-start", "text-generation", "stream-end"].contains(&event);
        let billed = body.get("meta").is_some_and(|meta| meta.get("billed_units").is_some());
        if billed && (has("embeddings") || has("results")) {
            return Some(Self::CohereEmbeddings);
        }
        if is_cohere || billed || usage("billed_units") || (usage("tokens") && has("finish_reason")) {
            return Some(Self::CohereChat);
        }
        let heard = usage("seconds") || usage("prompt_audio_seconds") || usage("input_tokens") || has("duration");
        if has("text") && heard {
            return Some(Self::OpenAiTranscription);
        }
        let data = body.get("data").and_then(Value::as_array);
        let item = |key: &str| data.and_then(|data| data.first()).is_some_and(|item| item.get(key).is_some());
        let is_list = data.is_some() && body.get("object").and_then(Value::as_str) == Some("list");
        if item("embedding") || is_list || (has("results") && usage("total_tokens")) {
            return Some(Self::OpenAiEmbeddings);
        }
        if item("b64_json") || item("url") || item("revised_prompt") {
            return Some(Self::OpenAiImages);
        }
        Self::of_usage(body)
    }

    /// The shape of what nothing but the names in its usage tells, as servers of somebody else leave out the rest.
    fn of_usage(body: &Value) -> Option<Self> {
        let usage = |key: &str| body.get("usage").is_some_and(|usage| usage.get(key).is_some_and(Value::is_number));
        let has = |key: &str| body.get(key).is_some();
        if usage("prompt_tokens") || usage("completion_tokens") {
            return Some(Self::OpenAiChat);
        }
        if !usage("input_tokens") && !usage("output_tokens") {
            return None;
        }
        let is_cached = usage("cache_read_input_tokens") || usage("cache_creation_input_tokens");
        if is_cached || (has("stop_reason") && has("content")) {
            return Some(Self::AnthropicMessages);
        }
        Some(if body.get("output").is_some_and(Value::is_array) { Self::OpenAiResponses } else { Self::OpenAiChat })
    }
}
