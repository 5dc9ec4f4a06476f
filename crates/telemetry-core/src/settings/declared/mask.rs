//! Settings of what is taken out of what is exported and written.

/// What is taken out of what is exported and written, beside what is known to be a secret.
#[derive(crate::Settings, Debug, Clone, PartialEq)]
#[settings(title = "Masking")]
pub struct Mask {
    /// Whether secrets are taken out of spans and log records before they are sent. What is printed, and the lines of a log,
    /// are always masked.
    #[setting(default = true, example = "false")]
    pub export: Option<bool>,
    /// Names of fields whose values are secrets, beside those that are known: compared without case, `_` and `-`, by their
    /// end.
    #[setting(example = "employee_pin")]
    pub names: Option<Vec<String>>,
    /// Pieces of text that secrets of one's own have: a word with one in it is taken out.
    #[setting(example = "acme_live_")]
    pub patterns: Option<Vec<String>>,
}
