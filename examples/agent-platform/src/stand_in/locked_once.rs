//! A store of usage that fails at its first batch, as a locked database does, and notes what it is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use telemetry_llm::{GivenBack, StoreError, UsageRecord, UsageStore};

use crate::check::{Ledger, queried};

/// Another store, locked once if it is meant to.
pub(crate) struct LockedOnce<S> {
    store: S,
    locked: AtomicBool,
    ledger: Arc<Ledger>,
}

impl<S> LockedOnce<S> {
    pub(crate) fn new(store: S, locked: bool, ledger: Arc<Ledger>) -> Self {
        // The store has made its table.
        queried(&ledger, "other", "usage_records", 1);
        Self { store, locked: AtomicBool::new(locked), ledger }
    }
}

#[async_trait]
impl<S: UsageStore> UsageStore for LockedOnce<S> {
    async fn store(&self, records: &[UsageRecord]) -> Result<(), StoreError> {
        if self.locked.swap(false, Ordering::Relaxed) {
            return Err(StoreError::database("the database is locked"));
        }
        // A transaction around them.
        queried(&self.ledger, "other", "_none", 2);
        queried(&self.ledger, "insert", "usage_records", records.len() as u64);
        self.store.store(records).await
    }

    fn give_back(&self, records: Vec<UsageRecord>, reason: GivenBack) {
        self.store.give_back(records, reason);
    }
}
