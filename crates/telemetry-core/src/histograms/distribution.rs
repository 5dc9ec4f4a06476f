//! How values are distributed over buckets.

use std::sync::Arc;

use crate::sync::{AtomicU64, Ordering};

/// Counts values by bucket, and adds them up.
///
/// A measurement changes two numbers, its bucket's and the sum, and the extremes while they are young. The count is the
/// total of the buckets. A value is at least zero, and the bits of such floats are in the order of their values.
pub(crate) struct Distribution {
    bounds: Arc<[f64]>,
    /// One more than bounds: the last is for what is above all of them.
    buckets: Box<[AtomicU64]>,
    sum: AtomicU64,
    min: AtomicU64,
    max: AtomicU64,
}

/// What a [`Distribution`] held at one time. Recordings that go on meanwhile are in the buckets and the sum, or in either.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Snapshot {
    pub(crate) buckets: Vec<u64>,
    pub(crate) sum: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Distribution {
    pub(crate) fn new(bounds: Arc<[f64]>) -> Self {
        let buckets = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, buckets, sum: AtomicU64::new(0), min: AtomicU64::new(u64::MAX), max: AtomicU64::new(0) }
    }

    /// Records a value that is finite and not negative.
    #[inline]
    pub(crate) fn record(&self, value: f64) {
        // There are few bounds: comparing with all of them takes less time than the steps of a search one after the other.
        let bucket: usize = self.bounds.iter().map(|&bound| usize::from(bound < value)).sum();
        if let Some(bucket) = self.buckets.get(bucket) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        let mut sum = self.sum.load(Ordering::Relaxed);
        loop {
            let new = (f64::from_bits(sum) + value).to_bits();
            match self.sum.compare_exchange_weak(sum, new, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => break,
                Err(now) => sum = now,
            }
        }
        // A negative zero has other bits than a zero.
        let bits = (value + 0.0).to_bits();
        if bits < self.min.load(Ordering::Relaxed) {
            self.min.fetch_min(bits, Ordering::Relaxed);
        }
        if bits > self.max.load(Ordering::Relaxed) {
            self.max.fetch_max(bits, Ordering::Relaxed);
        }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        Snapshot {
            buckets: self.buckets.iter().map(read).collect(),
            sum: f64::from_bits(read(&self.sum)),
            min: f64::from_bits(read(&self.min)),
            max: f64::from_bits(read(&self.max)),
        }
    }
}
