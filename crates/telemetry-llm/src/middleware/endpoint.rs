//! Which provider and model a request asks, told by its address and body.

use http::Method;
use reqwest::Request;
use serde_json::Value;

use crate::gen_ai;

/// What is asked of a model, as far as the request tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) operation: &'static str,
    pub(super) model: String,
    pub(super) prompt_length: Option<usize>,
    /// Whether the path asks for an answer in pieces; elsewhere the answer's type tells.
    pub(super) is_streamed: bool,
}

/// The provider that answers at a host.
pub(super) fn provider(host: &str) -> Option<&'static str> {
    match host {
        "api.openai.com" => Some("openai"),
        "api.anthropic.com" => Some("anthropic"),
        "generativelanguage.googleapis.com" => Some("gemini"),
        _ if host.ends_with("aiplatform.googleapis.com") => Some("vertex"),
        _ if host.ends_with(".openai.azure.com") => Some("azure"),
        _ => None,
    }
}

impl Endpoint {
    /// The endpoint of a request, if models answer there.
    pub(super) fn of(request: &Request) -> Option<Self> {
        if request.method() != Method::POST {
            return None;
        }
        let path = request.url().path().trim_end_matches('/');
        let body = || -> Option<Value> { serde_json::from_slice(request.body()?.as_bytes()?).ok() };
        let last = path.rsplit('/').next().unwrap_or_default();
        // Gemini's, and Claude's on Vertex AI: `…/models/{model}:{verb}`.
        if let Some((model, verb)) = last.rsplit_once(':') {
            let (operation, is_streamed) = match verb {
                "generateContent" => (gen_ai::GENERATE_CONTENT, false),
                "streamGenerateContent" => (gen_ai::GENERATE_CONTENT, true),
                "rawPredict" => (gen_ai::CHAT, false),
                "streamRawPredict" => (gen_ai::CHAT, true),
                "embedContent" | "batchEmbedContents" => (gen_ai::EMBEDDINGS, false),
                _ => return None,
            };
            let prompt_length = body().as_ref().and_then(prompt_length);
            return Some(Self { operation, model: model.to_owned(), prompt_length, is_streamed });
        }
        let operation = match last {
            "completions" if path.ends_with("/chat/completions") => gen_ai::CHAT,
            "completions" => gen_ai::TEXT_COMPLETION,
            "responses" | "messages" => gen_ai::CHAT,
            "embeddings" => gen_ai::EMBEDDINGS,
            _ => return None,
        };
        let body = body();
        let named = body.as_ref().and_then(|body| body.get("model")?.as_str());
        // Azure's: `/openai/deployments/{deployment}/chat/completions`.
        let deployment = path.split_once("/deployments/").and_then(|(_, rest)| rest.split('/').next());
        Some(Self {
            operation,
            model: named.or(deployment).unwrap_or_default().to_owned(),
            prompt_length: body.as_ref().and_then(prompt_length),
            is_streamed: false,
        })
    }
}

/// How many messages the prompt has; one text is one.
fn prompt_length(body: &Value) -> Option<usize> {
    ["messages", "contents", "input", "prompt"].iter().find_map(|key| match body.get(key)? {
        Value::Array(messages) => Some(messages.len()),
        Value::String(_) => Some(1),
        _ => None,
    })
}
