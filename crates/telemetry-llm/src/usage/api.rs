//! The shapes of answers that are known, and how each is told.

use serde_json::Value;

/// The shape of a provider's answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Api {
    /// OpenAI's chat completions, which many other providers have too.
    OpenAiChat,
    /// OpenAI's responses.
    OpenAiResponses,
    /// Anthropic's messages.
    AnthropicMessages,
    /// Gemini's generateContent, of the Gemini API and of Vertex AI.
    GeminiGenerateContent,
}

impl Api {
    /// The shape of an answer, or of an event of a streamed one, told by the fields that only it has.
    #[must_use]
    pub fn of(body: &Value) -> Option<Self> {
        let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
        let has = |key: &str| body.get(key).is_some();
        if has("usageMetadata") || has("candidates") || has("modelVersion") || has("promptFeedback") {
            return Some(Self::GeminiGenerateContent);
        }
        if text("object").starts_with("chat.completion") || has("choices") {
            return Some(Self::OpenAiChat);
        }
        let kind = text("type");
        if text("object") == "response" || kind.starts_with("response.") {
            return Some(Self::OpenAiResponses);
        }
        let anthropic = ["message_start", "message_delta", "message_stop"].contains(&kind)
            || kind.starts_with("content_block_")
            || kind == "message";
        anthropic.then_some(Self::AnthropicMessages)
    }

    /// Where the price table has the extractor of this shape: provider and flavor.
    pub(super) fn extractor(self) -> (&'static str, &'static str) {
        match self {
            Self::OpenAiChat => ("openai", "chat"),
            Self::OpenAiResponses => ("openai", "responses"),
            Self::AnthropicMessages => ("anthropic", "default"),
            Self::GeminiGenerateContent => ("google", "default"),
        }
    }
}
