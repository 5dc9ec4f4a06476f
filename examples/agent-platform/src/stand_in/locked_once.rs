//! A store of usage that fails at its first batch, as a locked database does.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use telemetry_llm::{GivenBack, StoreError, UsageRecord, UsageStore};

/// Another store, locked once if it is meant to.
pub(crate) struct LockedOnce<S> {
    store: S,
    locked: AtomicBool,
}

impl<S> LockedOnce<S> {
    pub(crate) fn new(store: S, locked: bool) -> Self {
        Self { store, locked: AtomicBool::new(locked) }
    }
}

#[async_trait]
impl<S: UsageStore> UsageStore for LockedOnce<S> {
    async fn store(&self, records: &[UsageRecord]) -> Result<(), StoreError> {
        if self.locked.swap(false, Ordering::Relaxed) {
            return Err(StoreError::database("the database is locked"));
        }
        self.store.store(records).await
    }

    fn give_back(&self, records: Vec<UsageRecord>, reason: GivenBack) {
        self.store.give_back(records, reason);
    }
}
