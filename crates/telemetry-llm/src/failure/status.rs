//! What an HTTP status says of an error by itself.

use crate::metrics::ErrorType;

/// The class of a status.
pub(super) const fn class(status: u16) -> ErrorType {
    match status {
        401..=403 => ErrorType::Auth,
        // 524 is what Cloudflare answers for an origin that took too long.
        408 | 504 | 524 => ErrorType::Timeout,
        429 => ErrorType::RateLimit,
        400..=499 => ErrorType::InvalidRequest,
        500..=599 => ErrorType::ServerError,
        _ => ErrorType::Unknown,
    }
}

/// The class of a status that stands for one kind of failure only, so that it beats a general name in the body. A 400, a
/// 404 or a 422 is what a server answers where it has nothing better.
pub(super) const fn definite(status: u16) -> Option<ErrorType> {
    match status {
        401..=403 | 408 | 413 | 429 | 500..=599 => Some(class(status)),
        _ => None,
    }
}
