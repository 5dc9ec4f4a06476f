//! What providers say of errors in words, where their codes say nothing.

use super::names::Weight::{self, General, Specific};
use crate::metrics::ErrorType::{self, Auth, InvalidRequest, RateLimit, Timeout};

/// Words that stand in a message of this class only. A general one is looked for where neither a specific name nor a
/// definite status tells: Anthropic sends a used-up balance, and xAI a wrong key, as a 400 of a general name.
const PHRASES: &[(ErrorType, Weight, &[&str])] = &[
    // OpenRouter refuses a flagged prompt by 403, which is what it answers to a key without rights, too.
    (
        InvalidRequest,
        Specific,
        &[
            "requires moderation",
            "input was flagged",
            "content moderation",
            "flagged by moderation",
            "content policy",
            "usage guidelines",
            "safety system",
            "deny-listed",
        ],
    ),
    // Zhipu sends a used-up balance as a 429.
    (
        Auth,
        Specific,
        &[
            "credit balance",
            "insufficient balance",
            "insufficient credit",
            "insufficient funds",
            "out of credits",
            "not enough credits",
            "credit limit exceeded",
            "spending limit",
            "api usage limits",
            "credits are depleted",
            "used all available credits",
        ],
    ),
    (
        Auth,
        General,
        &[
            "incorrect api key",
            "invalid api key",
            "invalid api-key",
            "api key not valid",
            "api key is invalid",
            "api key expired",
            "no api key",
            "missing api key",
            "authentication error",
            "unauthorized",
            "payment required",
            "exceeded your current quota",
            "organization has been disabled",
            "location is not supported",
        ],
    ),
    (Timeout, General, &["request timed out", "operation timed out", "deadline exceeded"]),
    (
        RateLimit,
        General,
        &[
            "rate limit",
            "rate-limit",
            "request limit reached",
            "too many requests",
            "throttl",
            "too many tokens, please wait",
        ],
    ),
];

/// Words by which a provider names a window of time: a quota that comes back by itself.
const WINDOWS: &[&str] =
    &["per minute", "a minute", "per second", "a second", "per day", "a day", "tpm", "rpm", "tpd", "rpd", "rate limit"];

/// How much of a message is looked at, in bytes: the reason stands in front, and what comes after it may be a prompt.
pub(super) const LOOKED_AT: usize = 512;

/// The class that a message tells in words of that weight.
pub(super) fn class(message: &str, weight: Weight) -> Option<ErrorType> {
    let text = head(message);
    let said = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    PHRASES.iter().find(|(_, of, phrases)| *of == weight && said(phrases)).map(|(class, _, _)| *class)
}

/// Whether a message says that a quota is one of a window of time.
pub(super) fn is_of_a_window(message: &str) -> bool {
    let text = head(message);
    let words = || text.split(|c: char| !c.is_ascii_alphanumeric());
    WINDOWS
        .iter()
        .any(|window| if window.contains(' ') { text.contains(window) } else { words().any(|word| word == *window) })
}

fn head(message: &str) -> String {
    message[..message.floor_char_boundary(LOOKED_AT)].to_ascii_lowercase()
}
