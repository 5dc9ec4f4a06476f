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
    /// What else the provider reports that prices may tell apart, in the units of the price table, where it was read from
    /// an answer.
    #[cfg(feature = "prices")]
    #[serde(skip)]
    others: Option<Box<genai_prices::Usage>>,
    /// The requests that the call is made of, where it was read that they are several: each is priced by itself.
    #[cfg(feature = "prices")]
    #[serde(skip)]
    requests: Box<[Request]>,
    /// Some of its numbers contradicted the others, and were cut to what can be.
    #[serde(skip)]
    contradicted: bool,
}

/// One of the requests that a call is made of.
#[cfg(feature = "prices")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    /// The model that it was to, where that is another one than the call's.
    pub(crate) model: Option<Box<str>>,
    pub(crate) usage: Usage,
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
    /// [`MOST_TOKENS`](Self::MOST_TOKENS). A call counts its usage all the same, as far as it can be: a part is cut to its
    /// whole, and a whole beyond any is left out.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        self.prompt <= Self::MOST_TOKENS
            && self.completion <= Self::MOST_TOKENS
            && self.cached_prompt.saturating_add(self.cache_creation) <= self.prompt
            && self.reasoning <= self.completion
    }

    /// The usage as far as it can be; nothing where no whole of it can.
    pub(crate) fn settled(self) -> Option<Self> {
        if self.is_plausible() {
            return Some(self);
        }
        let whole = |tokens: u64| Some(tokens).filter(|tokens| *tokens <= Self::MOST_TOKENS);
        let (prompt, completion) = (whole(self.prompt), whole(self.completion));
        let is_lost = (prompt.is_none() || completion.is_none()) && prompt.or(completion).unwrap_or_default() == 0;
        if is_lost {
            return None;
        }
        let (prompt, completion) = (prompt.unwrap_or_default(), completion.unwrap_or_default());
        // Without prices, these are all fields.
        let mut settled = self;
        (settled.prompt, settled.completion) = (prompt, completion);
        settled.cached_prompt = settled.cached_prompt.min(prompt);
        settled.cache_creation = settled.cache_creation.min(prompt - settled.cached_prompt);
        settled.reasoning = settled.reasoning.min(completion);
        settled.contradicted = true;
        #[cfg(feature = "prices")]
        {
            settled.requests = Box::default();
        }
        Some(settled)
    }

    /// Whether some of its numbers contradicted the others, and were cut.
    pub(crate) fn is_contradicted(&self) -> bool {
        self.contradicted
    }

    /// Whether anything was used at all that may be charged for.
    pub(crate) fn is_something(&self) -> bool {
        self.prompt > 0 || self.completion > 0 || !self.is_counted_only()
    }

    /// Whether it holds nothing but the five numbers.
    pub(crate) fn is_counted_only(&self) -> bool {
        #[cfg(feature = "prices")]
        return self.others.is_none() && self.requests.is_empty();
        #[cfg(not(feature = "prices"))]
        true
    }

    /// What was reported beside them no longer holds once a number is set by hand.
    fn by_hand(self) -> Self {
        Self {
            #[cfg(feature = "prices")]
            others: None,
            #[cfg(feature = "prices")]
            requests: Box::default(),
            ..self
        }
    }
}

#[cfg(feature = "prices")]
mod priced {
    use genai_prices::{Usage as Reported, UsageKey};

    use super::{Request, Usage};

    impl Usage {
        /// The units of the price table whose numbers a usage has.
        pub(crate) const COUNTED: [&str; 5] =
            ["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "output_reasoning_tokens"];

        /// With what else is charged for, in the units of the price table. What is none of tells apart what two units share,
        /// and by itself says nothing.
        pub(crate) fn charged_for(self, others: impl Iterator<Item = (&'static str, f64)>) -> Self {
            let others: Reported = others.collect();
            let is_something = (&others).into_iter().any(|(_, value)| value > 0.0);
            Self { others: is_something.then(|| Box::new(others)), ..self }
        }

        /// What it has beside the five numbers.
        pub(crate) fn others(&self) -> Option<&Reported> {
            self.others.as_deref()
        }

        /// The same without what it has beside the five numbers.
        pub(crate) fn counted_only(&self) -> Self {
            self.clone().by_hand()
        }

        /// The same of a call that is made of these requests.
        pub(crate) fn made_of(self, requests: Vec<Request>) -> Self {
            Self { requests: requests.into(), ..self }
        }

        /// The requests that it is known to be made of; none where it is one.
        pub(crate) fn requests(&self) -> &[Request] {
            &self.requests
        }

        /// What went to the model that was called, in the five numbers.
        pub(crate) fn of_called(&self) -> Self {
            let own = || self.requests.iter().filter(|request| request.model.is_none()).map(|request| &request.usage);
            let sum = |tokens: fn(&Self) -> u64| own().map(tokens).sum();
            Self::new(sum(Self::prompt_tokens), sum(Self::completion_tokens))
                .cached_prompt(sum(Self::cached_prompt_tokens))
                .cache_creation(sum(Self::cache_creation_tokens))
                .reasoning(sum(Self::reasoning_tokens))
        }

        /// The usage in the units of the price table.
        pub(crate) fn to_reported(&self) -> Reported {
            let mut reported = self.others.as_deref().cloned().unwrap_or_default();
            reported.insert(UsageKey::INPUT_TOKENS, self.prompt as f64);
            reported.insert(UsageKey::OUTPUT_TOKENS, self.completion as f64);
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
