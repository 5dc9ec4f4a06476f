//! The limit that no library can beat: the same updates as bare atomics.

use std::sync::atomic::{AtomicU64, Ordering};

use telemetry_core::Label;

use super::names::LIMIT;
use crate::interleave::Candidate;
use crate::workload::{BYTES, Outcome, SECONDS, TOOLS};

/// A histogram that is nothing but its numbers. Its bounds are known at run time, as they are a setting.
struct Histogram {
    bounds: Box<[f64]>,
    buckets: Box<[AtomicU64]>,
    count: AtomicU64,
    sum: AtomicU64,
    min: AtomicU64,
    max: AtomicU64,
}

impl Histogram {
    fn new(bounds: &[f64]) -> Self {
        Self {
            bounds: Box::from(bounds),
            buckets: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            count: AtomicU64::new(0),
            sum: AtomicU64::new(0.0_f64.to_bits()),
            min: AtomicU64::new(f64::INFINITY.to_bits()),
            max: AtomicU64::new(f64::NEG_INFINITY.to_bits()),
        }
    }

    fn record(&self, value: f64) {
        self.buckets[self.bounds.partition_point(|&bound| bound < value)].fetch_add(1, Ordering::Relaxed);
        self.count.fetch_add(1, Ordering::Relaxed);
        update(&self.sum, |sum| Some(sum + value));
        update(&self.min, |min| (value < min).then_some(value));
        update(&self.max, |max| (value > max).then_some(value));
    }
}

fn update(cell: &AtomicU64, new: impl Fn(f64) -> Option<f64>) {
    let new = |now| new(f64::from_bits(now)).map(f64::to_bits);
    let _ = cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, new);
}

/// The cells of one tool.
struct Cells {
    execute: Vec<Histogram>,
    runs: Vec<AtomicU64>,
    output: Histogram,
}

impl Cells {
    fn new() -> Self {
        Self {
            execute: Outcome::ALL.iter().map(|_| Histogram::new(&SECONDS)).collect(),
            runs: Outcome::ALL.iter().map(|_| AtomicU64::new(0)).collect(),
            output: Histogram::new(&BYTES),
        }
    }
}

pub(super) fn composite() -> Candidate {
    let tools: Vec<Cells> = (0..TOOLS).map(|_| Cells::new()).collect();
    Candidate::new(LIMIT, move |sample| {
        let (tool, outcome) = (&tools[sample.tool], sample.outcome.index());
        tool.execute[outcome].record(sample.seconds);
        tool.runs[outcome].fetch_add(1, Ordering::Relaxed);
        tool.output.record(sample.bytes);
    })
}

pub(super) fn counter() -> Candidate {
    let held = Box::new(AtomicU64::new(0));
    Candidate::new(LIMIT, move |_| {
        held.fetch_add(1, Ordering::Relaxed);
    })
}
