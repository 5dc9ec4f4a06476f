//! Measures candidates in one interleaved run, so that whatever else the machine does meets all of them alike.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use crate::workload::{self, Sample};

/// Operations between two readings of the clock: a slice is then shorter than a scheduler's.
const SLICE: usize = 4_096;

/// Records every sample of a slice.
type Run = dyn Fn(&[Sample]) + Sync;

/// One way to record.
pub(crate) struct Candidate {
    pub(crate) name: &'static str,
    run: Box<Run>,
    /// What the library asks to be done now and then, outside the measurement.
    upkeep: Box<dyn Fn() + Sync>,
}

impl Candidate {
    pub(crate) fn new(name: &'static str, record: impl Fn(&Sample) + Sync + 'static) -> Self {
        Self::around(name, |run| run(), record)
    }

    /// A candidate that records within a scope that is entered once a slice.
    pub(crate) fn around(
        name: &'static str,
        scope: impl Fn(&mut dyn FnMut()) + Sync + 'static,
        record: impl Fn(&Sample) + Sync + 'static,
    ) -> Self {
        let run = move |samples: &[Sample]| {
            scope(&mut || {
                for sample in samples {
                    record(black_box(sample));
                }
            });
        };
        Self { name, run: Box::new(run), upkeep: Box::new(|| {}) }
    }

    pub(crate) fn upkeep(self, upkeep: impl Fn() + Sync + 'static) -> Self {
        Self { upkeep: Box::new(upkeep), ..self }
    }

    /// Nanoseconds an operation took in a slice.
    fn time(&self, samples: &[Sample]) -> f64 {
        let begun = Instant::now();
        (self.run)(samples);
        begun.elapsed().as_secs_f64() * 1e9 / samples.len() as f64
    }
}

/// What was measured of one candidate.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    /// Nanoseconds an operation takes at one thread: the least of all slices.
    pub(crate) one: f64,
    /// Nanoseconds an operation takes when two threads record at once: the median of all slices.
    pub(crate) two: Option<f64>,
    /// Allocations an operation makes.
    pub(crate) allocations: f64,
}

/// At how many threads to measure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    One,
    OneAndTwo,
}

pub(crate) fn measure(candidates: &[Candidate], rounds: usize, threads: Threads) -> Vec<Measured> {
    let (here, there) = (workload::samples(SLICE, 1), workload::samples(SLICE, 2));
    let allocations: Vec<f64> = candidates.iter().map(|candidate| allocations(candidate, &here)).collect();
    let mut one = vec![f64::INFINITY; candidates.len()];
    let mut two = vec![Vec::with_capacity(rounds); candidates.len()];
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    let mut random = fastrand::Rng::with_seed(3);
    for _ in 0..rounds {
        random.shuffle(&mut order);
        for &i in &order {
            one[i] = one[i].min(candidates[i].time(&here));
            if threads == Threads::OneAndTwo {
                two[i].push(at_once(&candidates[i], &here, &there));
            }
            (candidates[i].upkeep)();
        }
    }
    let measured = candidates.iter().zip(one).zip(&mut two).zip(allocations);
    measured
        .map(|(((candidate, one), two), allocations)| Measured {
            name: candidate.name,
            one,
            two: median(two),
            allocations,
        })
        .collect()
}

/// Nanoseconds an operation takes when two threads do the same, begun at the same moment.
fn at_once(candidate: &Candidate, here: &[Sample], there: &[Sample]) -> f64 {
    let ready = AtomicUsize::new(0);
    let time = |samples| {
        ready.fetch_add(1, Ordering::AcqRel);
        while ready.load(Ordering::Acquire) < 2 {
            std::hint::spin_loop();
        }
        candidate.time(samples)
    };
    let (other, own) = thread::scope(|scope| {
        let other = scope.spawn(|| time(there));
        let own = time(here);
        (other.join(), own)
    });
    let other = other.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    f64::midpoint(own, other)
}

/// Allocations an operation makes once every label set is known.
fn allocations(candidate: &Candidate, samples: &[Sample]) -> f64 {
    (candidate.run)(samples);
    let counted = allocation_counter::measure(|| (candidate.run)(samples));
    (candidate.upkeep)();
    counted.count_total as f64 / samples.len() as f64
}

pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
