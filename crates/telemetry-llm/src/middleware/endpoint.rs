//! Which provider and model a request asks, told by its address and body.

use http::Method;
use reqwest::Request;

use super::asked::Asked;
use crate::gen_ai;

/// What is asked of a model, as far as the request tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) operation: &'static str,
    pub(super) model: String,
    pub(super) prompt_length: Option<usize>,
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
        let asked = || request.body().and_then(|body| body.as_bytes()).map_or_else(Asked::default, Asked::of_body);
        let last = path.rsplit('/').next().unwrap_or_default();
        // Gemini's, and Claude's on Vertex AI: `…/models/{model}:{verb}`.
        if let Some((model, verb)) = last.rsplit_once(':') {
            let operation = match verb {
                "generateContent" | "streamGenerateContent" => gen_ai::GENERATE_CONTENT,
                "rawPredict" | "streamRawPredict" => gen_ai::CHAT,
                "embedContent" | "batchEmbedContents" => gen_ai::EMBEDDINGS,
                _ => return None,
            };
            return Some(Self { operation, model: model.to_owned(), prompt_length: asked().prompt_length });
        }
        let operation = match last {
            "completions" if path.ends_with("/chat/completions") => gen_ai::CHAT,
            "completions" => gen_ai::TEXT_COMPLETION,
            "responses" | "messages" => gen_ai::CHAT,
            "embeddings" => gen_ai::EMBEDDINGS,
            _ => return None,
        };
        let Asked { model, prompt_length } = asked();
        // Azure's: `/openai/deployments/{deployment}/chat/completions`.
        let deployment = path.split_once("/deployments/").and_then(|(_, rest)| rest.split('/').next());
        let model = model.unwrap_or_else(|| deployment.unwrap_or_default().to_owned());
        Some(Self { operation, model, prompt_length })
    }
}
