//! What a piece of a streamed answer is, in each shape: output, a mark of the end, the last one.

use serde_json::Value;

use super::api::Api;
use super::path;

/// What one piece of a streamed answer is.
pub(super) struct Piece {
    /// It brings output of the model.
    pub(super) has_output: bool,
    /// It has the mark by which an answer ends, although more may come.
    pub(super) is_end: bool,
    /// Nothing comes after it.
    pub(super) is_last: bool,
    /// It is a piece, and never a whole answer.
    pub(super) is_piece: bool,
}

impl Piece {
    pub(super) fn of(api: Api, event: &Value) -> Self {
        let text = |key: &str| event.get(key).and_then(Value::as_str).unwrap_or_default();
        let kind = match text("type") {
            "" => text("event_type"),
            kind => kind,
        };
        let is = |kinds: &[&str]| kinds.contains(&kind);
        let has = |paths: &[&str]| paths.iter().any(|path| any(event, path, is_something));
        let (has_output, is_end, is_last) = match api {
            // The last piece has the usage if it was asked for (`stream_options.include_usage`), and no choices then.
            Api::OpenAiChat => {
                let reasons = has(&["choices[].finish_reason", "choices[].stop_reason"]);
                // Usage by itself comes after the last choice.
                let is_end = reasons || (has(&["usage"]) && !has(&["choices"]));
                (is_chat_output(event), is_end, has(&["amazon-bedrock-invocationMetrics"]))
            }
            Api::OpenAiResponses => (
                kind.ends_with(".delta"),
                false,
                is(&[
                    "response.completed",
                    "response.incomplete",
                    "response.failed",
                    "response.cancelled",
                    "response.done",
                ]),
            ),
            Api::OpenAiImages => (kind.ends_with(".partial_image"), false, kind.ends_with(".completed")),
            Api::OpenAiTranscription => (
                is(&["transcript.text.delta", "speech.audio.delta"]),
                has(&["usage"]),
                is(&["transcript.text.done", "speech.audio.done"]),
            ),
            Api::AnthropicMessages => {
                (is(&["content_block_delta"]), has(&["delta.stop_reason", "stop_reason"]), is(&["message_stop"]))
            }
            // Every piece is an answer of its own whose usage is that of all so far.
            Api::GeminiGenerateContent => (
                has(&["candidates[].content.parts"]),
                has(&["candidates[].finishReason", "promptFeedback.blockReason"]),
                false,
            ),
            Api::GeminiInteractions => {
                let is_end = is(&["interaction.complete", "interaction.completed", "interaction.failed"]);
                (is(&["step.delta", "content.delta"]), false, is_end)
            }
            Api::BedrockConverse => (has(&["contentBlockDelta.delta"]), has(&["messageStop"]), has(&["metadata"])),
            Api::BedrockTitan => (
                has(&["outputText", "results[].outputText", "outputs[].text", "completion"]),
                has(&["completionReason", "results[].completionReason", "outputs[].stop_reason", "stop_reason"]),
                has(&["amazon-bedrock-invocationMetrics"]),
            ),
            Api::BedrockLlama => {
                (has(&["generation"]), has(&["stop_reason"]), has(&["amazon-bedrock-invocationMetrics"]))
            }
            Api::CohereChat => (
                is(&["content-delta", "tool-call-delta", "tool-plan-delta", "text-generation"]),
                has(&["delta.finish_reason", "finish_reason"]),
                is(&["message-end", "stream-end"]),
            ),
            Api::Ollama => {
                let output = ["message.content", "message.thinking", "message.tool_calls", "response", "thinking"];
                (has(&output), false, event.get("done").and_then(Value::as_bool) == Some(true))
            }
            Api::OpenAiEmbeddings | Api::VertexPredictions | Api::CohereEmbeddings | Api::MistralOcr => {
                (false, true, false)
            }
        };
        let is_piece = match api {
            Api::OpenAiChat => text("object").ends_with(".chunk"),
            Api::AnthropicMessages => !matches!(kind, "message" | ""),
            Api::Ollama => !is_last && event.get("done").is_some(),
            Api::OpenAiResponses
            | Api::OpenAiImages
            | Api::OpenAiTranscription
            | Api::GeminiInteractions
            | Api::CohereChat => !kind.is_empty(),
            _ => false,
        };
        Self { has_output, is_end, is_last, is_piece }
    }

    /// Whether an answer of which this is all that came lacks its end.
    pub(super) fn is_cut(&self) -> bool {
        self.is_piece && !self.is_end && !self.is_last
    }
}

/// A role comes first and alone; whatever else a delta has is output. A legacy completion has its text in the choice.
fn is_chat_output(event: &Value) -> bool {
    let delta = |delta: &Value| {
        let fields = delta.as_object();
        fields.is_some_and(|fields| fields.iter().any(|(key, value)| key != "role" && is_something(value)))
    };
    // Mistral's on Bedrock has its message where others have what is new of it.
    ["choices[].text", "choices[].message.content"].iter().any(|path| any(event, path, is_something))
        || any(event, "choices[].delta", delta)
}

fn any(event: &Value, path: &str, is_it: impl Fn(&Value) -> bool) -> bool {
    let mut found = false;
    path::each(event, path, &mut |value| found |= is_it(value));
    found
}

fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}
