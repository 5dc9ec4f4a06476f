//! The tokens of one call, and whatever else it is charged for.

use serde::{Deserialize, Serialize};

/// The tokens of one call, and with the feature `prices` whatever else the provider charges for.
///
/// ```
/// use telemetry_llm::Usage;
///
/// let usage = Usage::new(1_000, 200).cached_prompt(800);
/// assert_eq!(usage.prompt_tokens(), 1_000);
/// assert_eq!(usage.cached_prompt_tokens(), 800);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    prompt: u64,
    completion: u64,
    cached_prompt: u64,
    cache_creation: u64,
    reasoning: u64,
    /// As the provider reports it, in the units of the price table, where it was read from an answer.
    #[cfg(feature = "prices")]
    #[serde(skip)]
    reported: Option<Box<genai_prices::Usage>>,
}

impl Usage {
    /// The most tokens that one call is believed to have used: a hundred times the longest context of any model.
    pub const MOST_TOKENS: u64 = 1_000_000_000;

    /// Tokens to and from the model. Those of the prompt include what came out of the provider's cache and what was
    /// written to it; those of the completion include the model's reasoning.
    #[must_use]
    pub fn new(prompt: u64, completion: u64) -> Self {
        Self { prompt, completion, ..Self::default() }
    }

    /// How many of the prompt's tokens came out of the provider's cache.
    #[must_use]
    pub fn cached_prompt(self, tokens: u64) -> Self {
        Self { cached_prompt: tokens, ..self.by_hand() }
    }

    /// How many of the prompt's tokens were written to the provider's cache.
    #[must_use]
    pub fn cache_creation(self, tokens: u64) -> Self {
        Self { cache_creation: tokens, ..self.by_hand() }
    }

    /// How many of the completion's tokens were the model's reasoning.
    #[must_use]
    pub fn reasoning(self, tokens: u64) -> Self {
        Self { reasoning: tokens, ..self.by_hand() }
    }

    /// Tokens to the model, all of them.
    #[must_use]
    pub fn prompt_tokens(&self) -> u64 {
        self.prompt
    }

    /// Tokens from the model, all of them.
    #[must_use]
    pub fn completion_tokens(&self) -> u64 {
        self.completion
    }

    /// Prompt tokens out of the cache.
    #[must_use]
    pub fn cached_prompt_tokens(&self) -> u64 {
        self.cached_prompt
    }

    /// Prompt tokens written to the cache.
    #[must_use]
    pub fn cache_creation_tokens(&self) -> u64 {
        self.cache_creation
    }

    /// Completion tokens of reasoning.
    #[must_use]
    pub fn reasoning_tokens(&self) -> u64 {
        self.reasoning
    }

    /// Whether the numbers can be: parts are no more than their whole, and none is beyond
    /// [`MOST_TOKENS`](Self::MOST_TOKENS). Usage that is not plausible is neither counted nor priced.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        self.prompt <= Self::MOST_TOKENS
            && self.completion <= Self::MOST_TOKENS
            && self.cached_prompt.saturating_add(self.cache_creation) <= self.prompt
            && self.reasoning <= self.completion
    }

    /// Whether it holds nothing but the five numbers.
    pub(crate) fn is_counted_only(&self) -> bool {
        #[cfg(feature = "prices")]
        return self.reported.is_none();
        #[cfg(not(feature = "prices"))]
        true
    }

    /// What was reported no longer holds once a number is set by hand.
    fn by_hand(self) -> Self {
        Self {
            #[cfg(feature = "prices")]
            reported: None,
            ..self
        }
    }
}

#[cfg(feature = "prices")]
mod priced {
    use genai_prices::{Usage as Reported, UsageKey};

    use super::Usage;

    impl Usage {
        /// Usage as the price table's extractors report it; nothing if it cannot be.
        pub(crate) fn from_reported(reported: Reported) -> Option<Self> {
            if (&reported).into_iter().any(|(_, value)| !(0.0..=Self::MOST_TOKENS as f64).contains(&value)) {
                return None;
            }
            let tokens = |key: UsageKey| {
                let value = reported.get(&key).unwrap_or_default();
                // Checked to be a small number above; a fraction of a token is nothing that a provider sends.
                (value.fract() == 0.0).then_some(value as u64)
            };
            let usage = Self {
                prompt: tokens(UsageKey::INPUT_TOKENS)?,
                completion: tokens(UsageKey::OUTPUT_TOKENS)?,
                cached_prompt: tokens(UsageKey::CACHE_READ_TOKENS)?,
                cache_creation: tokens(UsageKey::CACHE_WRITE_TOKENS)?,
                reasoning: tokens(UsageKey::OUTPUT_REASONING_TOKENS)?,
                reported: Some(Box::new(reported)),
            };
            usage.is_plausible().then_some(usage)
        }

        /// The usage in the units of the price table.
        pub(crate) fn to_reported(&self) -> Reported {
            if let Some(reported) = &self.reported {
                return (**reported).clone();
            }
            let mut reported = Reported::from([
                (UsageKey::INPUT_TOKENS, self.prompt as f64),
                (UsageKey::OUTPUT_TOKENS, self.completion as f64),
            ]);
            for (key, tokens) in [
                (UsageKey::CACHE_READ_TOKENS, self.cached_prompt),
                (UsageKey::CACHE_WRITE_TOKENS, self.cache_creation),
                (UsageKey::OUTPUT_REASONING_TOKENS, self.reasoning),
            ] {
                if tokens > 0 {
                    reported.insert(key, tokens as f64);
                }
            }
            reported
        }
    }
}
