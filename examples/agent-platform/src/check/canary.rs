//! What is said to models and tools, in words that occur nowhere else: none of them may be in what is exported or written.

pub(crate) const PROMPT: &str = "canary-prompt-5b1e";
pub(crate) const COMPLETION: &str = "canary-completion-5b1e";
pub(crate) const KEY: &str = "sk-canary-key-5b1e-0123456789";
pub(crate) const ARGUMENT: &str = "canary-argument-5b1e";
pub(crate) const RESULT: &str = "canary-result-5b1e";

/// All of them.
pub const ALL: [&str; 5] = [PROMPT, COMPLETION, KEY, ARGUMENT, RESULT];
