//! The cell of a value that is read at collection: set from anywhere, or absent.

use std::sync::atomic::{AtomicU64, Ordering};

/// A value that is read at collection: set from anywhere, absent until then.
#[derive(Debug)]
pub struct Observed(AtomicU64);

/// The bits of a NaN, which no sound value has.
const ABSENT: u64 = u64::MAX;

impl Observed {
    pub(crate) fn absent() -> Self {
        Self(AtomicU64::new(ABSENT))
    }

    /// Sets the value; a non-finite one makes it absent, so that its series is left out.
    pub fn set(&self, value: f64) {
        let bits = if value.is_finite() { value.to_bits() } else { ABSENT };
        self.0.store(bits, Ordering::Relaxed);
    }

    /// Leaves the series out until the next [`set`](Self::set).
    pub fn clear(&self) {
        self.0.store(ABSENT, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Option<f64> {
        let bits = self.0.load(Ordering::Relaxed);
        (bits != ABSENT).then(|| f64::from_bits(bits))
    }
}
