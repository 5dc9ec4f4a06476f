//! The rates of a model by the length of the prompt, found by asking what such prompts cost.

use crate::usage::Usage;

/// More steps than the price of a model has.
const MOST_STEPS: usize = 16;
/// How many tokens a model is asked about, whose prices are by the million.
const MILLION: u64 = 1_000_000;
/// How far, in proportion, two ways to compute the same price may be apart.
const TOLERANCE: f64 = 1e-9;

/// The rates in US dollars a token of prompts up to a length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// The longest prompt that has these rates.
    pub(super) up_to: u64,
    request: f64,
    input: f64,
    cached: f64,
    created: f64,
    output: f64,
    reasoning: f64,
}

impl Step {
    /// The steps of a price; `None` where they do not tell it.
    pub(super) fn all(price: impl Fn(&Usage) -> Option<f64>) -> Option<Box<[Self]>> {
        let mut steps: Vec<Self> = Vec::new();
        let mut from = 1;
        while from <= Usage::MOST_TOKENS {
            let mut step = Self::at(from, &price)?;
            let (mut within, mut beyond) = (from, Usage::MOST_TOKENS);
            if step.holds(beyond, &price)? {
                within = beyond;
            }
            while beyond - within > 1 {
                let middle = u64::midpoint(within, beyond);
                if step.holds(middle, &price)? { within = middle } else { beyond = middle }
            }
            step.up_to = within;
            steps.push(step);
            if steps.len() > MOST_STEPS {
                return None;
            }
            from = within + 1;
        }
        // A price that goes up and down again would be missed above.
        let lengths = (0..15).map(|power| 4_u64.pow(power));
        for length in lengths {
            let step = steps.iter().find(|step| length <= step.up_to)?;
            if !step.holds(length, &price)? {
                return None;
            }
        }
        Some(steps.into())
    }

    /// The rates of prompts of that length.
    fn at(length: u64, price: &impl Fn(&Usage) -> Option<f64>) -> Option<Self> {
        let request = price(&Usage::new(0, 0))?;
        let prompt = Usage::new(length, 0);
        let without_output = price(&prompt)?;
        let of_prompt = |usage: Usage| price(&usage).map(|price| (price - request) / length as f64);
        let of_output = |usage: Usage| price(&usage).map(|price| (price - without_output) / MILLION as f64);
        Some(Self {
            up_to: length,
            request,
            input: of_prompt(prompt.clone())?,
            cached: of_prompt(prompt.clone().cached_prompt(length))?,
            created: of_prompt(prompt.cache_creation(length))?,
            output: of_output(Usage::new(length, MILLION))?,
            reasoning: of_output(Usage::new(length, MILLION).reasoning(MILLION))?,
        })
    }

    /// Whether the rates are those of prompts of that length, too.
    fn holds(&self, length: u64, price: &impl Fn(&Usage) -> Option<f64>) -> Option<bool> {
        let usage = Usage::new(length, MILLION).cached_prompt(length / 4).cache_creation(length / 4);
        let usage = usage.reasoning(MILLION / 2);
        let (ours, exact) = (self.cost(&usage), price(&usage)?);
        Some((ours - exact).abs() <= TOLERANCE * exact)
    }

    pub(super) fn cost(&self, usage: &Usage) -> f64 {
        let (cached, created) = (usage.cached_prompt_tokens(), usage.cache_creation_tokens());
        let reasoning = usage.reasoning_tokens();
        let plain = usage.prompt_tokens().saturating_sub(cached.saturating_add(created));
        let said = usage.completion_tokens().saturating_sub(reasoning);
        self.request
            + plain as f64 * self.input
            + cached as f64 * self.cached
            + created as f64 * self.created
            + said as f64 * self.output
            + reasoning as f64 * self.reasoning
    }
}
