//! What an HTTP status says of an error by itself.

use crate::metrics::ErrorType;

/// The class of a status.
pub(super) const fn class(status: u16) -> ErrorType {
    match status {
        401..=403 | 407 => ErrorType::Auth,
        // 522 and 524 are what Cloudflare answers for an origin that took too long, to connect or to answer.
        408 | 504 | 522 | 524 => ErrorType::Timeout,
        // 498 is what Groq answers where its flexible tier has no room.
        429 | 498 => ErrorType::RateLimit,
        // What a server notes of a client that was gone, and Google answers for a call that was cancelled.
        499 => ErrorType::Connection,
        400..=499 => ErrorType::InvalidRequest,
        500..=599 => ErrorType::ServerError,
        _ => ErrorType::Unknown,
    }
}

/// The class of a status that stands for one kind of failure only, so that it beats a general name in the body. A 400, a
/// 404 or a 422 is what a server answers where it has nothing better.
pub(super) const fn definite(status: u16) -> Option<ErrorType> {
    match status {
        401..=403 | 407 | 408 | 413 | 429 | 499..=599 => Some(class(status)),
        _ => None,
    }
}
