//! What an HTTP status says of an error by itself.

use crate::metrics::ErrorType;

/// The class of a status.
pub(super) const fn class(status: u16) -> ErrorType {
    match status {
        401 | 403 => ErrorType::Auth,
        429 => ErrorType::RateLimit,
        400..=499 => ErrorType::InvalidRequest,
        500..=599 => ErrorType::ServerError,
        _ => ErrorType::Unknown,
    }
}
