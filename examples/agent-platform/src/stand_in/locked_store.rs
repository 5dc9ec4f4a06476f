//! A store of usage that fails at its first batch, as a locked database does, or makes all wait while a fault is on, and
//! notes what it is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use telemetry_llm::{GivenBack, StoreError, UsageRecord, UsageStore};

use super::switchboard::{Fault, Switchboard};
use crate::check::{Ledger, queried};

/// Another store, locked once if it is meant to, and for as long as a fault is on.
pub(crate) struct LockedStore<S> {
    store: S,
    locked: AtomicBool,
    ledger: Arc<Ledger>,
    switchboard: Arc<Switchboard>,
}

impl<S> LockedStore<S> {
    pub(crate) fn new(store: S, locked: bool, ledger: Arc<Ledger>, switchboard: Arc<Switchboard>) -> Self {
        // The store has made its table.
        queried(&ledger, "other", "usage_records", 1);
        Self { store, locked: AtomicBool::new(locked), ledger, switchboard }
    }
}

#[async_trait]
impl<S: UsageStore> UsageStore for LockedStore<S> {
    async fn store(&self, records: &[UsageRecord]) -> Result<(), StoreError> {
        if self.locked.swap(false, Ordering::Relaxed) {
            return Err(StoreError::database("the database is locked"));
        }
        // Who waits for longer than storing may take is dropped here, and has asked for nothing.
        self.switchboard.off(Fault::FullQueue).await;
        // A transaction around them.
        queried(&self.ledger, "other", "_none", 2);
        queried(&self.ledger, "insert", "usage_records", records.len() as u64);
        self.store.store(records).await
    }

    fn give_back(&self, records: Vec<UsageRecord>, reason: GivenBack) {
        self.store.give_back(records, reason);
    }
}
