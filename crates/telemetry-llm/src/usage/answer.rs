//! What an answer says besides its content, by the shape that it has.

use genai_prices::{Calculator, ExtractRequest};
use serde_json::Value;
use telemetry_core::text;

use super::api::Api;
use super::tokens::Usage;
use crate::failure::Failure;

/// What an answer says besides its content.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// What it used; nothing where the answer does not say, or says what cannot be.
    pub usage: Option<Usage>,
    /// The model that answered, as the provider names it.
    pub model: Option<String>,
    /// The tier of service that was charged, as the provider names it.
    pub service_tier: Option<String>,
    /// The answer's id.
    pub id: Option<String>,
    /// Why the model stopped, of each choice: of [`MOST_REASONS`](Self::MOST_REASONS) at most.
    pub finish_reasons: Vec<String>,
    /// The error that the answer holds in spite of its status.
    pub failure: Option<Failure>,
}

impl Answer {
    /// Of how many choices the reasons are kept: no provider makes more for one prompt.
    pub const MOST_REASONS: usize = 128;

    pub(super) fn of_shape(api: Api, body: &Value) -> Self {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(cut);
        let (model, id, tier) = match api {
            Api::OpenAiChat | Api::OpenAiResponses => ("model", "id", body.get("service_tier")),
            Api::AnthropicMessages => ("model", "id", body.get("usage").and_then(|usage| usage.get("service_tier"))),
            Api::GeminiGenerateContent => ("modelVersion", "responseId", None),
        };
        Self {
            usage: usage(api, body),
            model: text(body.get(model)),
            service_tier: text(tier),
            id: text(body.get(id)),
            finish_reasons: finish_reasons(api, body),
            failure: Failure::from_body(body),
        }
    }
}

/// What the price table's extractor finds, if it can be.
pub(super) fn usage(api: Api, body: &Value) -> Option<Usage> {
    let (provider, flavor) = api.extractor();
    let request = ExtractRequest::from_value(body).with_provider_id(provider).with_api_flavor(flavor);
    Usage::from_reported(Calculator::bundled().extract_provider_usage(&request).ok()?.usage)
}

pub(super) fn finish_reasons(api: Api, body: &Value) -> Vec<String> {
    let of_list = |list: &str, key: &str| {
        let items = body.get(list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        items.iter().filter_map(|item| item.get(key)?.as_str()).take(Answer::MOST_REASONS).map(cut).collect()
    };
    let of_field = |key: &str| body.get(key).and_then(Value::as_str).map(cut).into_iter().collect();
    match api {
        Api::OpenAiChat => of_list("choices", "finish_reason"),
        Api::OpenAiResponses => of_field("status"),
        Api::AnthropicMessages => of_field("stop_reason"),
        Api::GeminiGenerateContent => of_list("candidates", "finishReason"),
    }
}

/// A name that a provider gives something, no longer than any that is meant.
pub(super) fn cut(name: &str) -> String {
    text::cut(name, text::NAME).into_owned()
}
