//! The search for a text that no telemetry may hold.

/// Whether the canary occurs in the message. An empty one would be found everywhere, and so prove nothing.
pub(crate) fn found(canary: &[u8], message: &[u8]) -> bool {
    assert!(!canary.is_empty(), "an empty canary is found everywhere");
    message.windows(canary.len()).any(|at| at == canary)
}
