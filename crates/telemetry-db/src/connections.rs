//! The connections in use, read from the application's pools whenever metrics are collected.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use telemetry_core::{Meter, Single};

use crate::metrics::ConnectionMetrics;

type Read = Arc<dyn Fn() -> usize + Send + Sync>;

/// The pools that are observed by one meter.
pub(crate) struct Pools {
    metrics: Single<ConnectionMetrics>,
    observed: Arc<Observed>,
}

#[derive(Default)]
struct Observed(Mutex<Reads>);

#[derive(Default)]
struct Reads {
    next: u64,
    by_pool: BTreeMap<u64, Read>,
}

impl Observed {
    fn enter(&self, read: Read) -> u64 {
        let mut reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pool = reads.next;
        reads.next += 1;
        reads.by_pool.insert(pool, read);
        pool
    }

    fn leave(&self, pool: u64) -> Option<Read> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).by_pool.remove(&pool)
    }

    /// The connections in use of all pools; none where there is no pool.
    fn sum(&self) -> Option<usize> {
        // Copied out, because what reads a pool is the application's.
        let reads: Vec<Read> = {
            let reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            reads.by_pool.values().map(Arc::clone).collect()
        };
        (!reads.is_empty()).then(|| reads.iter().fold(0_usize, |sum, read| sum.saturating_add(read())))
    }
}

impl Pools {
    pub(crate) fn new(meter: &Meter) -> Self {
        Self { metrics: Single::new(meter), observed: Arc::default() }
    }

    pub(crate) fn observe(self: &Arc<Self>, read: impl Fn() -> usize + Send + Sync + 'static) -> Connections {
        let pool = self.observed.enter(Arc::new(read));
        let observed = Arc::clone(&self.observed);
        // The first one stays, and reads all pools.
        self.metrics.active.read_with(move |report| {
            if let Some(sum) = observed.sum() {
                report((), sum as f64);
            }
        });
        Connections { pools: Arc::clone(self), pool }
    }
}

impl fmt::Debug for Pools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pools").finish_non_exhaustive()
    }
}

/// A pool whose connections in use are part of `agentpane_db_connections_active`, until this is dropped.
#[derive(Debug)]
#[must_use = "the pool's connections are no longer counted when this is dropped"]
pub struct Connections {
    pools: Arc<Pools>,
    pool: u64,
}

impl Drop for Connections {
    fn drop(&mut self) {
        // Dropped after the lock is released, because the closure may hold the pool.
        let _read = self.pools.observed.leave(self.pool);
    }
}
