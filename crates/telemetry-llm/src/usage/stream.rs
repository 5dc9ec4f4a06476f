//! What the events of a streamed answer say besides its content.

use serde_json::Value;

use super::answer::Answer;
use super::api::Api;
use super::counts::Counts;
use super::pieces::Piece;
use super::providers::{Provider, provider};
use super::tool_calls::ToolCalls;
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
#[derive(Debug, Clone)]
pub struct AnswerStream {
    provider: &'static Provider,
    answer: Answer,
    /// What has been said of the usage so far: later events repeat only what has changed.
    counts: Counts,
    tool_calls: ToolCalls,
    /// Something of an answer has come.
    has_begun: bool,
    /// The provider's mark of an end has come, after which some send more.
    has_ended: bool,
    done: bool,
}

impl Default for AnswerStream {
    fn default() -> Self {
        Self::of("")
    }
}

impl AnswerStream {
    /// A stream of which nothing has come yet, of a provider that is not known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A stream of a provider, who decides what its numbers mean.
    #[must_use]
    pub fn of(provider_name: &str) -> Self {
        Self {
            provider: provider(provider_name),
            answer: Answer::default(),
            counts: Counts::default(),
            tool_calls: ToolCalls::default(),
            has_begun: false,
            has_ended: false,
            done: false,
        }
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
        let event = Api::within(event);
        let mut chunk = Api::of(event).map(|api| self.of_shape(api, event)).unwrap_or_default();
        chunk.failure = Failure::from_body(event).or(chunk.failure);
        if chunk.failure.is_some() {
            self.answer.failure.clone_from(&chunk.failure);
        }
        self.done |= chunk.is_last;
        chunk
    }

    fn of_shape(&mut self, api: Api, event: &Value) -> Chunk {
        let piece = Piece::of(api, event);
        let mut said = Answer::without_usage(api, self.provider, event);
        let counts = Counts::of(api, self.provider, event);
        if !counts.is_empty() {
            self.counts.lay_over(&counts);
            said.usage = self.counts.usage(self.provider.hides_thoughts);
        }
        self.has_begun |= piece.has_output || said.model.is_some() || said.id.is_some();
        self.has_ended |= piece.is_end || piece.is_last;
        let failure = said.failure.take();
        self.answer.lay_over(said);
        self.tool_calls.read(api, event, &mut self.answer.tool_calls);
        Chunk { has_output: piece.has_output, is_last: piece.is_last, failure }
    }

    /// Whether the last event has come.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Whether the answer began, and what has come of it lacks the mark by which its provider ends one. Of a stream that
    /// goes no further, the rest is lost.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.has_begun && !self.has_ended && !self.done
    }

    /// What has been said so far.
    #[must_use]
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// What was said in all.
    #[must_use]
    pub fn into_answer(self) -> Answer {
        Answer { is_truncated: self.is_truncated(), ..self.answer }
    }
}
