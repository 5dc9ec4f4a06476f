//! What a span says of an error, and which of our classes that is.

use serde_json::json;

use crate::failure::Failure;
use crate::metrics::{ErrorType, Outcome};

/// Words within the names that libraries have for errors, mostly those of their types, with the class that each stands
/// for: in lower case, without what stands between words. The first that occurs counts.
const WORDS: &[(&str, ErrorType)] = &[
    ("ratelimit", ErrorType::RateLimit),
    ("toomanyrequests", ErrorType::RateLimit),
    ("throttl", ErrorType::RateLimit),
    ("timeout", ErrorType::Timeout),
    ("timedout", ErrorType::Timeout),
    ("elapsed", ErrorType::Timeout),
    ("deadline", ErrorType::Timeout),
    ("auth", ErrorType::Auth),
    ("permission", ErrorType::Auth),
    ("forbidden", ErrorType::Auth),
    ("connect", ErrorType::Connection),
    ("badrequest", ErrorType::InvalidRequest),
    ("invalidrequest", ErrorType::InvalidRequest),
    ("unprocessable", ErrorType::InvalidRequest),
    ("notfound", ErrorType::InvalidRequest),
    ("contentfilter", ErrorType::InvalidRequest),
    ("overloaded", ErrorType::ServerError),
    ("unavailable", ErrorType::ServerError),
    ("internal", ErrorType::ServerError),
    ("server", ErrorType::ServerError),
];

/// How a call ended of which a span says that it failed, by `error.type`, which may be a status, and by a status.
pub(super) fn failed(name: Option<&str>, status: Option<u16>) -> (Outcome, Option<Failure>) {
    let name = name.unwrap_or_default();
    let words: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    if words.contains("cancel") {
        return (Outcome::Cancelled, None);
    }
    let status = status.or_else(|| name.parse().ok()).filter(|status| (400..600).contains(status));
    let error = json!({ "error": { "type": name, "code": status } });
    let named = Failure::from_body(&error).filter(|failure| failure.error_type() != ErrorType::Unknown);
    let worded = || WORDS.iter().find(|(word, _)| words.contains(word)).map(|(_, class)| Failure::new(*class));
    let failure = named
        .or_else(|| status.map(Failure::from_status))
        .or_else(worded)
        .unwrap_or_else(|| Failure::new(ErrorType::Unknown));
    (failure.outcome(), Some(failure))
}
