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
    ("apikey", ErrorType::Auth),
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

/// What a span says of an error.
#[derive(Debug, Default)]
pub(super) struct Wrong {
    /// Whether there was one, as it was said last.
    pub(super) is_error: Option<bool>,
    /// `error.type`, which may be a status.
    pub(super) kind: Option<String>,
    pub(super) status: Option<u16>,
}

impl Wrong {
    /// An error of which no more is known.
    pub(super) fn unknown() -> Self {
        Self { is_error: Some(true), ..Self::default() }
    }

    /// Whether it is told as an error, and not by the status of an answer alone.
    pub(super) fn is_told(&self) -> bool {
        self.is_error == Some(true) || self.kind.is_some()
    }

    /// Whether there was an error.
    pub(super) fn is_any(&self) -> bool {
        self.is_told() || self.status.is_some_and(|status| status >= 400)
    }

    /// Takes over what was said since.
    pub(super) fn update(&mut self, since: Self) {
        self.is_error = since.is_error.or(self.is_error);
        self.kind = since.kind.or(self.kind.take());
        self.status = since.status.or(self.status);
    }

    /// How a call has ended of which this is told.
    pub(super) fn ending(&self) -> (Outcome, Option<Failure>) {
        let name = self.kind.as_deref().unwrap_or_default();
        let words: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        if words.contains("cancel") {
            return (Outcome::Cancelled, None);
        }
        let status = self.status.or_else(|| name.parse().ok()).filter(|status| (400..600).contains(status));
        let error = json!({ "error": { "type": name, "code": status } });
        let named = Failure::from_body(&error).filter(|failure| failure.error_type() != ErrorType::Unknown);
        let worded = || WORDS.iter().find(|(word, _)| words.contains(word)).map(|(_, class)| Failure::new(*class));
        let failure = named
            .or_else(|| status.map(Failure::from_status))
            .or_else(worded)
            .unwrap_or_else(|| Failure::new(ErrorType::Unknown));
        (failure.outcome(), Some(failure))
    }
}
