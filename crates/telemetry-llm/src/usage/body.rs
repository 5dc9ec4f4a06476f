//! Whole answers, read from the bodies that bring them.

use serde_json::Value;

use super::answer::Answer;
use super::api::Api;
use super::providers::provider;
use super::stream::AnswerStream;
use crate::failure::Failure;
use crate::skim::{BodyReader, SMALL, value};

impl Answer {
    /// Reads a whole answer of a provider that is not known, or the pieces of one in a list or one after the other. One that is no JSON, or of an unknown
    /// shape, says nothing. Of one that is large, what its content is made of is passed over, so that it takes no more
    /// memory than a small one.
    ///
    /// ```
    /// use telemetry_llm::Answer;
    ///
    /// let body = br#"{"object": "chat.completion", "model": "gpt-4o-2024-08-06", "choices": [{"finish_reason": "stop"}],
    ///     "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}}"#;
    /// let answer = Answer::from_body(body);
    /// assert_eq!(answer.model.as_deref(), Some("gpt-4o-2024-08-06"));
    /// assert_eq!(answer.usage.map(|usage| usage.prompt_tokens()), Some(12));
    /// ```
    #[must_use]
    pub fn from_body(body: &[u8]) -> Self {
        Self::from_body_of("", body)
    }

    /// [`from_body`](Self::from_body), of a provider, who decides what its numbers mean.
    ///
    /// ```
    /// use telemetry_llm::Answer;
    ///
    /// // xAI counts the reasoning beside the completion.
    /// let body = br#"{"object": "chat.completion", "choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2,
    ///     "completion_tokens_details": {"reasoning_tokens": 40}}}"#;
    /// assert_eq!(Answer::from_body_of("xai", body).usage.map(|usage| usage.completion_tokens()), Some(42));
    /// ```
    #[must_use]
    pub fn from_body_of(provider: &str, body: &[u8]) -> Self {
        // Some gateways write a byte order mark first, which JSON does not have.
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        if body.len() <= SMALL
            && let Some(body) = value(body)
        {
            return Self::from_json_of(provider, &body);
        }
        let (mut reader, mut stream) = (BodyReader::default(), AnswerStream::of(provider));
        reader.feed(body, |event| drop(stream.event(event)));
        reader.finish().map_or_else(|| stream.into_answer(), |body| Self::from_json_of(provider, &body))
    }

    /// [`from_body`](Self::from_body), of a body that is parsed already.
    #[must_use]
    pub fn from_json(body: &Value) -> Self {
        Self::from_json_of("", body)
    }

    /// [`from_body_of`](Self::from_body_of), of a body that is parsed already.
    #[must_use]
    pub fn from_json_of(provider_name: &str, body: &Value) -> Self {
        // Gemini streams a list where it is not asked for events.
        if let Some(list) = body.as_array() {
            let mut stream = AnswerStream::of(provider_name);
            for event in list {
                stream.event(event);
            }
            return stream.into_answer();
        }
        let body = Api::within(body);
        match Api::of(body) {
            Some(api) => Self::of_shape(api, provider(provider_name), body),
            None => Self { failure: Failure::from_body(body), ..Self::default() },
        }
    }
}
