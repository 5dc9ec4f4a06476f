//! Why an endpoint cannot be checked, in words that hold no secret.

use telemetry_core::debug_as_display;

/// Why an endpoint cannot be checked. Its `Debug` is its message.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpCheckError {
    /// The address is none of HTTP. It is not shown, because it may hold a secret.
    #[error("the address of an HTTP check is not accepted: {reason}; accepted is http(s)://host[:port][/path][?query]")]
    Address {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A header's name or value is not one. The value is not shown, because it may be a secret.
    #[error("header {name:?} of an HTTP check is not accepted; accepted are names and values as HTTP has them")]
    Header {
        /// The header's name.
        name: String,
    },
    /// The certificates to trust cannot be used.
    #[error("the certificates that an HTTP check is to trust are not accepted: {reason}")]
    Certificates {
        /// What is wrong with them.
        reason: String,
    },
}

debug_as_display!(HttpCheckError);
