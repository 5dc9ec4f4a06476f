//! What a model's tokens cost, worked out once, so that the price of one more of its calls is a sum.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwapOption;

use super::model_price::ModelPrice;
#[cfg(feature = "prices")]
use super::steps::Step;
use super::unpriced::Unpriced;
#[cfg(feature = "prices")]
use super::unpriced::unless_unknown;
use crate::usage::Usage;

/// For how long rates hold, in seconds. The table's prices change with the date or the time of day, and time zones are
/// whole quarters of an hour apart.
const HOLD: u64 = 900;

/// The rates of one model, once they are worth remembering. Read without a lock.
#[derive(Debug, Default)]
pub(crate) struct KnownRates {
    /// Whether a price was asked for before: of a name that occurs once, nothing is remembered.
    asked: AtomicBool,
    rates: ArcSwapOption<(Validity, Rates)>,
}

/// Of which table the rates are, and of which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    generation: u64,
    quarter: u64,
}

impl Validity {
    pub(super) fn now(generation: u64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { generation, quarter: now.as_secs() / HOLD }
    }
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
    /// The cost by the remembered rates, which are worked out if need be; `None` where there is nothing to remember.
    pub(super) fn cost(
        &self,
        usage: &Usage,
        now: Validity,
        work_out: impl FnOnce() -> Rates,
    ) -> Option<Result<f64, Unpriced>> {
        if let Some(remembered) = &*self.rates.load()
            && remembered.0 == now
        {
            return remembered.1.cost(usage);
        }
        if !self.asked.swap(true, Ordering::Relaxed) {
            return None;
        }
        let rates = work_out();
        let cost = rates.cost(usage);
        self.rates.store(Some(Arc::new((now, rates))));
        cost
    }
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
