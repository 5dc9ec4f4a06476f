//! Whole numbers that are added up here and handed to opentelemetry when it collects.
//!
//! The sum of sums is the same sum, so a measurement has to reach a number of ours only: one atomic add, where a bound
//! instrument costs two calls through pointers beside it. A distribution cannot be handed over like that.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, Weak};

/// A sum of opentelemetry's that a tally is handed over to.
pub(crate) trait Sum: Send + Sync {
    /// What is added up: `u64` or `i64`.
    type Value;

    fn add(&self, value: Self::Value);
}

/// What has been added up since the last collection.
pub(crate) struct Tally<S: Sum<Value: Bits>> {
    pending: AtomicU64,
    sum: S,
}

/// A whole number as 64 bits, which add up alike with and without a sign.
pub(crate) trait Bits {
    fn from_bits(bits: u64) -> Self;
    fn to_bits(self) -> u64;
}

impl Bits for u64 {
    fn from_bits(bits: u64) -> Self {
        bits
    }
    #[inline]
    fn to_bits(self) -> u64 {
        self
    }
}

impl Bits for i64 {
    fn from_bits(bits: u64) -> Self {
        bits.cast_signed()
    }
    #[inline]
    fn to_bits(self) -> u64 {
        self.cast_unsigned()
    }
}

impl<S: Sum<Value: Bits>> Tally<S> {
    pub(crate) fn new(sum: S) -> Self {
        // The series is there from its first measurement on, even where those before a collection cancel out.
        sum.add(S::Value::from_bits(0));
        Self { pending: AtomicU64::new(0), sum }
    }

    #[inline]
    pub(crate) fn add(&self, value: S::Value) {
        self.pending.fetch_add(value.to_bits(), Ordering::Relaxed);
    }
}

/// A tally of any instrument.
pub(crate) trait HandOver: Send + Sync {
    fn hand_over(&self);
}

impl<S: Sum<Value: Bits>> HandOver for Tally<S> {
    fn hand_over(&self) {
        // Most have nothing new, and a load leaves the line to those who record.
        if self.pending.load(Ordering::Relaxed) != 0 {
            self.sum.add(S::Value::from_bits(self.pending.swap(0, Ordering::Relaxed)));
        }
    }
}

impl<S: Sum<Value: Bits>> Drop for Tally<S> {
    fn drop(&mut self) {
        self.hand_over();
    }
}

/// A sum that each collection finds, whether or not anything was added to it.
pub(crate) struct Heartbeat<F>(pub(crate) F);

impl<F: Fn() + Send + Sync> HandOver for Heartbeat<F> {
    fn hand_over(&self) {
        (self.0)();
    }
}

/// The tallies of a meter that somebody still adds to. One that nobody holds has handed over its sum when it was dropped,
/// and is forgotten: families may come and go.
#[derive(Default)]
pub(crate) struct Tallies(Mutex<Vec<Weak<dyn HandOver>>>);

impl Tallies {
    pub(crate) fn push(&self, tally: Weak<dyn HandOver>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(tally);
    }

    pub(crate) fn hand_over(&self) {
        let mut tallies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tallies.retain(|tally| tally.upgrade().inspect(|tally| tally.hand_over()).is_some());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Clone, Default)]
    struct Collected(Arc<AtomicU64>);

    impl Sum for Collected {
        type Value = u64;

        fn add(&self, value: u64) {
            self.0.fetch_add(value, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_tally_that_nobody_holds_is_handed_over_and_forgotten() {
        let (collected, tallies) = (Collected::default(), Tallies::default());
        let mut held = Vec::new();
        for i in 0..100 {
            let tally = Arc::new(Tally::new(collected.clone()));
            let shared: Arc<dyn HandOver> = tally.clone();
            tallies.push(Arc::downgrade(&shared));
            tally.add(1);
            if i == 0 {
                held.push(tally);
            }
        }
        assert_eq!(collected.0.load(Ordering::Relaxed), 99, "those that were dropped");
        tallies.hand_over();
        assert_eq!(collected.0.load(Ordering::Relaxed), 100);
        assert_eq!(tallies.0.lock().expect("nobody panicked").len(), held.len());
    }
}
