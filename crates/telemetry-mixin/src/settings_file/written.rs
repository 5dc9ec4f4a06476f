//! How the file writes texts, and what there is not.

/// What is called a store, a channel or a time that there is not.
pub(super) const NONE: &str = "none";

/// A text as a file has it.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
