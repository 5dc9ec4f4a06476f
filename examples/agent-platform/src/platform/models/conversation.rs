//! What a model says in a conversation in which it may call tools, in the shape of chat completions.

use std::error::Error;
use std::fmt;

use http::StatusCode;
use serde_json::{Value, json};

/// What a model said.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    /// As it stands in the conversation from now on.
    pub(crate) message: Value,
    /// The tools that it asks for, in order.
    pub(crate) calls: Vec<ToolRequest>,
}

/// A call of a tool that a model asks for.
#[derive(Debug, Clone)]
pub(crate) struct ToolRequest {
    pub(crate) id: String,
    pub(crate) tool: String,
    pub(crate) arguments: String,
}

/// Why a model said nothing. What its provider answered is content, and not in it.
#[derive(Debug)]
pub(crate) enum AskError {
    /// There is no deployment of that name.
    Unknown,
    /// The provider refused.
    Refused(StatusCode),
    /// The provider was not reached, or broke off.
    Transport(reqwest_middleware::Error),
    /// The answer is no chat completion.
    NotUnderstood,
}

impl Reply {
    /// Reads the provider's answer.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut answer: Value = serde_json::from_slice(body).ok()?;
        let message = answer.pointer_mut("/choices/0/message")?.take();
        let asked = message.get("tool_calls").and_then(Value::as_array).into_iter().flatten();
        let calls = asked.filter_map(ToolRequest::read).collect();
        Some(Self { message, calls })
    }
}

impl ToolRequest {
    fn read(asked: &Value) -> Option<Self> {
        let text = |pointer| asked.pointer(pointer).and_then(Value::as_str).map(ToOwned::to_owned);
        Some(Self {
            id: text("/id")?,
            tool: text("/function/name")?,
            arguments: text("/function/arguments").unwrap_or_default(),
        })
    }

    /// What came of it, as the model is told.
    pub(crate) fn answer(&self, outcome: &str) -> Value {
        json!({"role": "tool", "tool_call_id": self.id, "content": outcome})
    }
}

impl From<reqwest_middleware::Error> for AskError {
    fn from(error: reqwest_middleware::Error) -> Self {
        Self::Transport(error)
    }
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("there is no deployment of that name"),
            Self::Refused(status) => write!(f, "the model's provider answered {status}"),
            Self::Transport(_) => f.write_str("the model's provider was not reached"),
            Self::NotUnderstood => f.write_str("the model's answer is no chat completion"),
        }
    }
}

impl Error for AskError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Transport(error) => Some(error),
            _ => None,
        }
    }
}
