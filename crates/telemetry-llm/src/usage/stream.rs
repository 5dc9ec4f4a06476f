//! What the events of a streamed answer say besides its content.

use serde_json::{Map, Value};

use super::answer::{Answer, cut, finish_reasons, usage};
use super::api::Api;
use crate::failure::Failure;
use crate::skim::value;

/// What one event of a streamed answer says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chunk {
    /// It brings output of the model: text, reasoning, a tool call.
    pub has_output: bool,
    /// It is the last one.
    pub is_last: bool,
    /// It tells that the provider failed.
    pub failure: Option<Failure>,
}

/// Puts together what the events of a streamed answer say besides its content.
///
/// ```
/// use telemetry_llm::AnswerStream;
///
/// let mut stream = AnswerStream::new();
/// stream.data(r#"{"type":"message_start","message":{"model":"claude-sonnet-4-5","usage":{"input_tokens":9,"output_tokens":1}}}"#);
/// assert!(stream.data(r#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"Hello"}}"#).has_output);
/// stream.data(r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}}"#);
/// assert!(stream.data(r#"{"type":"message_stop"}"#).is_last);
/// assert_eq!(stream.into_answer().usage.map(|usage| usage.completion_tokens()), Some(4));
/// ```
#[derive(Debug, Clone, Default)]
pub struct AnswerStream {
    answer: Answer,
    /// What Anthropic has said of the usage so far: later events repeat only what has changed.
    anthropic: Map<String, Value>,
    done: bool,
}

impl AnswerStream {
    /// A stream of which nothing has come yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the data of one event. Data that is no JSON says nothing, except for `[DONE]`.
    pub fn data(&mut self, data: &str) -> Chunk {
        let data = data.trim();
        if data == "[DONE]" {
            self.done = true;
            return Chunk { is_last: true, ..Chunk::default() };
        }
        value(data.as_bytes()).map_or_else(Chunk::default, |event| self.event(&event))
    }

    /// Reads one event that is parsed already.
    pub fn event(&mut self, event: &Value) -> Chunk {
        let mut chunk = match Api::of(event) {
            Some(Api::OpenAiChat) => self.chat(event),
            Some(Api::OpenAiResponses) => self.responses(event),
            Some(Api::AnthropicMessages) => self.messages(event),
            Some(Api::GeminiGenerateContent) => self.generate_content(event),
            None => Chunk::default(),
        };
        chunk.failure = Failure::from_body(event);
        if chunk.failure.is_some() {
            self.answer.failure.clone_from(&chunk.failure);
        }
        self.done |= chunk.is_last;
        chunk
    }

    /// Whether the last event has come.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// What has been said so far.
    #[must_use]
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// What was said in all.
    #[must_use]
    pub fn into_answer(self) -> Answer {
        self.answer
    }

    /// The last piece has the usage if it was asked for (`stream_options.include_usage`), and no choices then.
    fn chat(&mut self, event: &Value) -> Chunk {
        self.take(Answer::of_shape(Api::OpenAiChat, event));
        let choices = event.get("choices").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let deltas = choices.iter().filter_map(|choice| choice.get("delta")?.as_object());
        // A role comes first and alone; whatever else is there is output.
        let has_output = deltas.flatten().any(|(key, value)| key != "role" && is_something(value));
        Chunk { has_output, ..Chunk::default() }
    }

    fn responses(&mut self, event: &Value) -> Chunk {
        let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
        if let Some(response) = event.get("response") {
            self.take(Answer::of_shape(Api::OpenAiResponses, response));
        }
        Chunk {
            has_output: kind.ends_with(".delta"),
            is_last: matches!(kind, "response.completed" | "response.incomplete" | "response.failed"),
            failure: None,
        }
    }

    fn messages(&mut self, event: &Value) -> Chunk {
        let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
        let message = event.get("message").unwrap_or(event);
        let mut said = Answer {
            model: message.get("model").and_then(Value::as_str).map(cut),
            id: message.get("id").and_then(Value::as_str).map(cut),
            finish_reasons: event
                .get("delta")
                .map_or_else(Vec::new, |delta| finish_reasons(Api::AnthropicMessages, delta)),
            ..Answer::default()
        };
        if let Some(usage_so_far) = message.get("usage").and_then(Value::as_object) {
            let news = usage_so_far.iter().filter(|(_, value)| !value.is_null());
            self.anthropic.extend(news.map(|(key, value)| (key.clone(), value.clone())));
            let whole = Value::Object(Map::from_iter([("usage".to_owned(), Value::Object(self.anthropic.clone()))]));
            said.usage = usage(Api::AnthropicMessages, &whole);
            said.service_tier = self.anthropic.get("service_tier").and_then(Value::as_str).map(cut);
            if said.usage.is_none() {
                // What was plausible before this event is not the whole any more.
                self.answer.usage = None;
            }
        }
        self.take(said);
        Chunk { has_output: kind == "content_block_delta", is_last: kind == "message_stop", failure: None }
    }

    /// Every piece is an answer of its own whose usage is that of all so far.
    fn generate_content(&mut self, event: &Value) -> Chunk {
        self.take(Answer::of_shape(Api::GeminiGenerateContent, event));
        let candidates = event.get("candidates").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let parts = candidates.iter().filter_map(|candidate| candidate.get("content")?.get("parts"));
        Chunk { has_output: parts.into_iter().any(is_something), ..Chunk::default() }
    }

    /// Lays what is said now over what was said before.
    fn take(&mut self, said: Answer) {
        let Answer { usage, model, service_tier, id, finish_reasons, failure } = said;
        let answer = &mut self.answer;
        answer.usage = usage.or(answer.usage.take());
        answer.model = model.or(answer.model.take());
        answer.service_tier = service_tier.or(answer.service_tier.take());
        answer.id = id.or(answer.id.take());
        answer.failure = failure.or(answer.failure.take());
        if !finish_reasons.is_empty() {
            answer.finish_reasons = finish_reasons;
        }
    }
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
