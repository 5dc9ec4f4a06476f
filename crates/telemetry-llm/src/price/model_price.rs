//! The price of one model as an application states it.

use serde::{Deserialize, Serialize};

use crate::usage::Usage;

/// The price of a model in US dollars per million tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelPrice {
    /// Prompt tokens.
    pub input: f64,
    /// Completion tokens.
    pub output: f64,
    /// Prompt tokens out of the provider's cache. Default: as `input`.
    #[serde(default)]
    pub cached_input: Option<f64>,
    /// Prompt tokens written to the provider's cache. Default: as `input`.
    #[serde(default)]
    pub cache_creation: Option<f64>,
    /// A request itself, in US dollars. Default: nothing.
    #[serde(default)]
    pub request: f64,
}

impl ModelPrice {
    /// What a call costs; the usage is plausible.
    pub(super) fn cost(&self, usage: &Usage) -> f64 {
        let (cached, created) = (usage.cached_prompt_tokens(), usage.cache_creation_tokens());
        let plain = usage.prompt_tokens().saturating_sub(cached.saturating_add(created));
        let millionths = plain as f64 * self.input
            + cached as f64 * self.cached_input.unwrap_or(self.input)
            + created as f64 * self.cache_creation.unwrap_or(self.input)
            + usage.completion_tokens() as f64 * self.output;
        millionths / 1e6 + self.request
    }

    pub(super) fn fields(&self) -> [(&'static str, f64); 5] {
        [
            ("input", self.input),
            ("output", self.output),
            ("cached_input", self.cached_input.unwrap_or_default()),
            ("cache_creation", self.cache_creation.unwrap_or_default()),
            ("request", self.request),
        ]
    }
}
