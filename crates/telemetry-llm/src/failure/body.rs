//! The errors that providers send in their bodies.
//!
//! The shapes are those of the providers' error references: OpenAI (`error.type`, `error.code`), Anthropic
//! (`{"type": "error", "error": {"type": …}}`), Gemini (`google.rpc.Status`: `error.status`, `error.details`).

use std::time::Duration;

use serde_json::Value;

use super::{retry_after, status};
use crate::metrics::ErrorType;

/// What a body says of an error.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    pub(super) error_type: Option<ErrorType>,
    pub(super) retry_after: Option<Duration>,
    /// The provider's name for it.
    pub(super) name: Option<String>,
}

/// The error in a body, wherever its shape has it; nothing if there is none.
pub(super) fn told(body: &Value) -> Option<Told> {
    // Gemini answers a streamed request with a list.
    let body = body.as_array().map_or(body, |list| list.first().unwrap_or(&Value::Null));
    // The event `response.failed` and a failed response of OpenAI.
    let response = body.get("response").unwrap_or(body);
    let error = [body.get("error"), response.get("error")].into_iter().flatten().find(|error| !error.is_null());
    match error {
        Some(error) => Some(of_error(error)),
        // The event `error` of OpenAI's responses has the error's fields itself.
        None if body.get("type")?.as_str()? == "error" => Some(of_error(body)),
        None => None,
    }
}

fn of_error(error: &Value) -> Told {
    let empty = Vec::new();
    let details = error.get("details").and_then(Value::as_array).unwrap_or(&empty);
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).and_then(class);
    // The most telling first: a reason among the details, a code, a status, a type.
    let reason = details.iter().find_map(|detail| text(detail, "reason"));
    let by_name = || ["code", "status", "type"].into_iter().find_map(|key| text(error, key));
    // The number under `code` is the HTTP status that Gemini repeats, for streams, whose own status was 200.
    let by_number = || {
        let status = error.get("code").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok())?;
        Some(status::class(status)).filter(|class| *class != ErrorType::Unknown)
    };
    let delay = details.iter().find_map(|detail| detail.get("retryDelay")?.as_str());
    let reasons = details.iter().filter_map(|detail| detail.get("reason"));
    let names = reasons.chain(["code", "status", "type"].into_iter().filter_map(|key| error.get(key)));
    Told {
        error_type: reason.or_else(by_name).or_else(by_number),
        retry_after: delay.and_then(retry_after::seconds),
        // One that is known: any other text may quote a prompt, or a key.
        name: names.filter_map(Value::as_str).find(|name| class(name).is_some()).map(str::to_owned),
    }
}

/// The class of a name that a provider has for an error.
fn class(name: &str) -> Option<ErrorType> {
    Some(match name {
        // OpenAI
        "insufficient_quota"
        | "billing_hard_limit_reached"
        | "billing_not_active"
        | "account_deactivated"
        | "invalid_api_key"
        | "invalid_organization"
        | "unsupported_country_region_territory"
        // Anthropic
        | "authentication_error"
        | "permission_error"
        | "billing_error"
        // Gemini
        | "UNAUTHENTICATED"
        | "PERMISSION_DENIED"
        | "API_KEY_INVALID"
        | "API_KEY_SERVICE_BLOCKED"
        | "SERVICE_DISABLED"
        | "BILLING_DISABLED" => ErrorType::Auth,

        "rate_limit_exceeded"
        | "rate_limit_error"
        | "requests"
        | "tokens"
        | "RESOURCE_EXHAUSTED"
        | "RATE_LIMIT_EXCEEDED" => ErrorType::RateLimit,

        "invalid_request_error"
        | "model_not_found"
        | "context_length_exceeded"
        | "content_policy_violation"
        | "content_filter"
        | "invalid_prompt"
        | "invalid_value"
        | "string_above_max_length"
        | "unsupported_parameter"
        | "unsupported_value"
        | "not_found_error"
        | "request_too_large"
        | "INVALID_ARGUMENT"
        | "FAILED_PRECONDITION"
        | "OUT_OF_RANGE"
        | "NOT_FOUND"
        | "ALREADY_EXISTS"
        | "UNIMPLEMENTED" => ErrorType::InvalidRequest,

        "server_error"
        | "server_is_overloaded"
        | "engine_overloaded"
        | "slow_down"
        | "api_error"
        | "overloaded_error"
        | "INTERNAL"
        | "UNAVAILABLE"
        | "ABORTED"
        | "DATA_LOSS" => ErrorType::ServerError,

        "timeout_error" | "timeout" | "DEADLINE_EXCEEDED" => ErrorType::Timeout,
        _ => return None,
    })
}
