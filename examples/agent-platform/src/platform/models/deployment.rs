//! Under which names callers ask for models, and how each is asked.

use std::time::Duration;

use serde_json::json;

/// The shape in which a provider is asked and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    /// Chat completions, as of OpenAI and many others.
    Chat,
    /// OpenAI's responses.
    Responses,
    /// Anthropic's messages.
    Messages,
    /// Gemini's.
    GenerateContent,
}

/// A model under the name by which callers ask for it.
#[derive(Debug, Clone)]
pub(crate) struct Deployment {
    pub(crate) name: String,
    pub(crate) provider: String,
    /// The model as the provider calls it.
    pub(crate) model: String,
    pub(crate) api: Api,
    /// Whether the answer comes, and is passed on, in pieces.
    pub(crate) is_streamed: bool,
    /// How long to wait for the next piece of an answer.
    pub(crate) patience: Duration,
    /// Whether a provider that says when to come again is asked again.
    pub(crate) tries_again: bool,
}

impl Deployment {
    /// Where it is asked.
    pub(super) fn path(&self) -> String {
        match self.api {
            Api::Chat => "/v1/chat/completions".to_owned(),
            Api::Responses => "/v1/responses".to_owned(),
            Api::Messages => "/v1/messages".to_owned(),
            Api::GenerateContent if self.is_streamed => {
                format!("/v1beta/models/{}:streamGenerateContent?alt=sse", self.model)
            }
            Api::GenerateContent => format!("/v1beta/models/{}:generateContent", self.model),
        }
    }

    /// What is asked, as JSON.
    pub(super) fn body(&self, prompt: &str) -> String {
        let (model, stream) = (&self.model, self.is_streamed);
        let body = match self.api {
            Api::GenerateContent => json!({"contents": [{"role": "user", "parts": [{"text": prompt}]}]}),
            Api::Responses => json!({"model": model, "stream": stream, "input": prompt}),
            Api::Chat | Api::Messages => {
                json!({"model": model, "stream": stream, "messages": [{"role": "user", "content": prompt}]})
            }
        };
        body.to_string()
    }
}
