//! The names that providers have for errors, each with its class, as data.

use crate::metrics::ErrorType::{self, Auth, InvalidRequest, RateLimit, ServerError, Timeout};

/// How much a name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// One kind of failure: it beats any status.
    Specific,
    /// Whatever the server had no other word for: a status that tells more beats it.
    General,
}
use Weight::{General, Specific};

/// The names of one kind of failure, as they are once [`folded`]. They are those of the error references of OpenAI,
/// Anthropic, Google (`google.rpc.Code`, `ErrorInfo.reason`), AWS (Bedrock's and the common errors), Azure, DeepSeek,
/// DashScope, Mistral, Moonshot, OpenRouter and vLLM.
const NAMES: &[(ErrorType, Weight, &[&str])] = &[
    (
        Auth,
        Specific,
        &[
            "access_denied",
            "access_terminated_error",
            "accessdenied",
            "accessdeniedexception",
            "account_deactivated",
            "api_key_invalid",
            "api_key_service_blocked",
            "arrearage",
            "authentication_error",
            "authorization_error",
            "billing_disabled",
            "billing_error",
            "billing_hard_limit_reached",
            "billing_not_active",
            "consumer_suspended",
            "expiredtokenexception",
            "forbidden",
            "incompletesignature",
            "insufficient_balance",
            "insufficient_credits",
            "insufficient_quota",
            "invalid_api_key",
            "invalid_authentication_error",
            "invalid_organization",
            "invalidapikey",
            "invalidclienttokenid",
            "invalidsignatureexception",
            "missingauthenticationtoken",
            "payment_required",
            "permission_denied",
            "permission_denied_error",
            "permission_error",
            "permissiondenied",
            "service_disabled",
            "unauthenticated",
            "unauthorized",
            "unrecognizedclientexception",
            "unsupported_country_region_territory",
        ],
    ),
    (
        RateLimit,
        Specific,
        &[
            "limit_requests",
            "limitexceededexception",
            "provisionedthroughputexceededexception",
            "quota_exceeded",
            "rate_limit",
            "rate_limit_error",
            "rate_limit_exceeded",
            "rate_limit_reached_error",
            "rate_limited",
            "ratelimitexceeded",
            "ratelimitreached",
            "requests",
            "requestlimitexceeded",
            "resource_exhausted",
            "servicequotaexceededexception",
            "throttled",
            "throttling",
            "throttling.allocationquota",
            "throttling.ratequota",
            "throttlingexception",
            "tokens",
            "too_many_requests",
            "toomanyrequests",
            "toomanyrequestsexception",
        ],
    ),
    (
        InvalidRequest,
        Specific,
        &[
            "content_filter",
            "content_filter_error",
            "content_moderation",
            "content_policy_violation",
            "context_length_exceeded",
            "data_inspection_failed",
            "datainspectionfailed",
            "flagged_input",
            "invalid_prompt",
            "invalid_value",
            "model_not_found",
            "moderation",
            "moderation_blocked",
            "not_found_error",
            "prohibited_content",
            "request_too_large",
            "responsibleaipolicyviolation",
            "string_above_max_length",
            "unsupported_parameter",
            "unsupported_value",
            "validationexception",
        ],
    ),
    (
        InvalidRequest,
        General,
        &[
            "already_exists",
            "bad_request",
            "badrequest",
            "badrequesterror",
            "failed_precondition",
            "invalid_argument",
            "invalid_parameter_error",
            "invalid_request",
            "invalid_request_error",
            "invalidparameter",
            "not_found",
            "notfounderror",
            "out_of_range",
            "request_forbidden",
            "resourcenotfoundexception",
            "unimplemented",
            "unprocessable_entity",
            "validation_error",
        ],
    ),
    (
        ServerError,
        Specific,
        &[
            "aborted",
            "data_loss",
            "engine_overloaded",
            "engine_overloaded_error",
            "internalserverexception",
            "modelerrorexception",
            "modelnotreadyexception",
            "modelstreamerrorexception",
            "overloaded",
            "overloaded_error",
            "server_is_overloaded",
            "service_unavailable",
            "service_unavailable_error",
            "serviceunavailable",
            "serviceunavailableexception",
            "slow_down",
            "slowdown",
            "unavailable",
        ],
    ),
    (
        ServerError,
        General,
        &[
            "api_error",
            "internal",
            "internal_error",
            "internal_server_error",
            "internalerror",
            "internalfailure",
            "internalservererror",
            "server_error",
            "upstream_error",
        ],
    ),
    (
        Timeout,
        Specific,
        &[
            "deadline_exceeded",
            "gateway_timeout",
            "modeltimeoutexception",
            "request_timeout",
            "requesttimeout",
            "requesttimeoutexception",
            "timeout",
            "timeout_error",
        ],
    ),
];

/// The longest name that is looked up.
const LONGEST: usize = 64;

/// The class of a name that a provider has for an error, and how much it tells.
pub(super) fn class(name: &str) -> Option<(ErrorType, Weight)> {
    let name = folded(name)?;
    let (class, weight, _) = NAMES.iter().find(|(_, _, names)| names.contains(&name.as_str()))?;
    Some((*class, *weight))
}

/// In one spelling: `com.amazonaws#ThrottlingException:http://internal` is `throttlingexception`.
fn folded(name: &str) -> Option<String> {
    let name = name.split(':').next().unwrap_or_default();
    let name = name.rsplit('#').next().unwrap_or_default().trim();
    let spelled = |c: char| if matches!(c, '-' | ' ') { '_' } else { c.to_ascii_lowercase() };
    (name.len() <= LONGEST).then(|| name.chars().map(spelled).collect())
}
