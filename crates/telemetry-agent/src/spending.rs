//! US dollars that add up from many threads.

use std::sync::atomic::{AtomicU64, Ordering};

use telemetry_core::scope::{Ledger, Reach, Spent};

/// A sum of US dollars, or nothing while no cost is known.
#[derive(Debug)]
pub(crate) struct Spending(AtomicU64);

/// The bits of a NaN, which no sum is.
const NOTHING: u64 = u64::MAX;

impl Spending {
    pub(crate) fn of(usd: Option<f64>) -> Self {
        let usd = usd.filter(|usd| usd.is_finite() && *usd >= 0.0);
        Self(AtomicU64::new(usd.map_or(NOTHING, f64::to_bits)))
    }

    pub(crate) fn add(&self, usd: f64) {
        let added = |sum| Some((Self::read(sum).unwrap_or(0.0) + usd).to_bits());
        let _always = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, added);
    }

    pub(crate) fn usd(&self) -> Option<f64> {
        Self::read(self.0.load(Ordering::Relaxed))
    }

    fn read(bits: u64) -> Option<f64> {
        (bits != NOTHING).then(|| f64::from_bits(bits))
    }
}

/// What is spent on a task, by whatever works on it.
#[derive(Debug)]
pub(crate) struct TaskLedger(pub(crate) Spending);

impl Ledger for TaskLedger {
    fn kind(&self) -> &'static str {
        "task"
    }

    /// Its sub-agents' share is its own: a task is told once of each cost, because its scope is opened once.
    fn spent(&self, spent: &Spent, _: Reach) {
        if let Some(usd) = spent.cost_usd() {
            self.0.add(usd);
        }
    }
}
