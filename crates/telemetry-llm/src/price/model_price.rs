//! The price of one model as an application states it.

use crate::usage::Usage;

/// The price of a model in US dollars a million tokens. Each number is between nothing and [`MOST_USD`](Self::MOST_USD).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ModelPrice {
    /// Prompt tokens.
    pub input: f64,
    /// Completion tokens.
    pub output: f64,
    /// Prompt tokens out of the provider's cache. Default: as `input`.
    pub cached_input: Option<f64>,
    /// Prompt tokens written to the provider's cache. Default: as `input`.
    pub cache_creation: Option<f64>,
    /// A request itself, in US dollars. Default: nothing.
    pub request: f64,
}

impl ModelPrice {
    /// The highest price that is accepted, in US dollars a million tokens (or a request): a dollar a token is over a
    /// thousand times what the dearest model costs, and the most tokens of a call at that price are a number that sums
    /// still hold to the cent.
    pub const MOST_USD: f64 = 1_000_000.0;

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

    /// Whether each number can be a price.
    pub(super) fn is_sound(&self) -> bool {
        let sound = |price: f64| (0.0..=Self::MOST_USD).contains(&price);
        let optional = |price: Option<f64>| price.is_none_or(sound);
        [self.input, self.output, self.request].into_iter().all(sound)
            && optional(self.cached_input)
            && optional(self.cache_creation)
    }
}
