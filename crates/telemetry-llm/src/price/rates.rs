//! What a model's tokens cost, worked out once, so that the price of one more of its calls is a sum.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwapOption;

use super::model_price::ModelPrice;
#[cfg(feature = "prices")]
use super::steps::Step;
use super::unpriced::Unpriced;
#[cfg(feature = "prices")]
use super::unpriced::unless_unknown;
use crate::usage::Usage;

/// How long rates hold at most, in seconds: to the end of a quarter of an hour. The table's prices change with the date
/// or the time of day, and time zones are whole quarters of an hour apart.
const HOLD: u64 = 900;

/// The rates of one model, once they are worth remembering. Read without a lock.
#[derive(Debug, Default)]
pub(crate) struct KnownRates {
    /// Whether a price was asked for before: of a name that occurs once, nothing is remembered.
    asked: AtomicBool,
    rates: ArcSwapOption<Remembered>,
    /// Whether it was said that a usage of the model contradicted itself.
    contradiction_said: AtomicBool,
}

#[derive(Debug)]
struct Remembered {
    /// Of the table that the rates are from.
    generation: u64,
    /// By the clock that never runs backwards, so that a call need not ask for the time of day.
    until: Instant,
    rates: Rates,
}

/// How a model's price comes about.
#[derive(Debug)]
pub(super) enum Rates {
    /// The settings say it.
    Override(ModelPrice),
    /// The table says it, by the length of the prompt; `free` is a model that may cost nothing.
    #[cfg(feature = "prices")]
    Steps { steps: Box<[Step]>, free: bool },
    /// There is none.
    Unpriced(Unpriced),
    /// In a way that no steps describe.
    #[cfg(feature = "prices")]
    Else,
}

impl KnownRates {
    /// Whether nobody has said before that a usage of the model contradicted itself.
    pub(crate) fn is_first_contradiction(&self) -> bool {
        !self.contradiction_said.swap(true, Ordering::Relaxed)
    }

    /// The cost of a call that ended at that time by the remembered rates, which are worked out if need be; `None` where
    /// there is nothing to remember.
    pub(super) fn cost(
        &self,
        usage: &Usage,
        generation: u64,
        ended: Instant,
        work_out: impl FnOnce() -> Rates,
    ) -> Option<Result<f64, Unpriced>> {
        if let Some(remembered) = &*self.rates.load()
            && remembered.generation == generation
            && ended < remembered.until
        {
            return remembered.rates.cost(usage);
        }
        if !self.asked.swap(true, Ordering::Relaxed) {
            return None;
        }
        let rates = work_out();
        let cost = rates.cost(usage);
        self.rates.store(Some(Arc::new(Remembered { generation, until: ended + rest_of_quarter(), rates })));
        cost
    }
}

/// The time until the next quarter of an hour begins.
fn rest_of_quarter() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Duration::from_secs(HOLD) - Duration::new(now.as_secs() % HOLD, now.subsec_nanos())
}

impl Rates {
    fn cost(&self, usage: &Usage) -> Option<Result<f64, Unpriced>> {
        match self {
            Self::Override(price) => Some(Ok(price.cost(usage))),
            #[cfg(feature = "prices")]
            Self::Steps { steps, free } => {
                let cost = steps.iter().find(|step| usage.prompt_tokens() <= step.up_to)?.cost(usage);
                Some(unless_unknown(cost, usage, *free))
            }
            Self::Unpriced(unpriced) => Some(Err(*unpriced)),
            #[cfg(feature = "prices")]
            Self::Else => None,
        }
    }
}
