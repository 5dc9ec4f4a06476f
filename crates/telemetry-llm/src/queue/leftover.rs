//! Records that nobody will store, on their way back to somebody who answers for them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::outcome::Drained;
use super::store::{GivenBack, UsageStore};
use crate::record::UsageRecord;

/// Records that nobody will store: they go to whoever shuts the queue down, else back to the store.
pub(super) struct Leftover {
    store: Arc<dyn UsageStore>,
    stored: u64,
    records: Vec<UsageRecord>,
}

impl Leftover {
    pub(super) fn new(store: Arc<dyn UsageStore>, stored: u64, records: Vec<UsageRecord>) -> Self {
        Self { store, stored, records }
    }

    pub(super) fn into_drained(mut self) -> Drained {
        Drained { stored: self.stored, left: std::mem::take(&mut self.records) }
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        if !self.records.is_empty() {
            tracing::error!(target: "telemetry", records = self.records.len(), "usage records were not stored");
            give_back(&*self.store, std::mem::take(&mut self.records), GivenBack::Ended);
        }
    }
}

/// A store that panics here takes nothing down with it.
pub(super) fn give_back(store: &dyn UsageStore, records: Vec<UsageRecord>, reason: GivenBack) {
    let count = records.len();
    if catch_unwind(AssertUnwindSafe(|| store.give_back(records, reason))).is_err() {
        tracing::error!(target: "telemetry", records = count, "the usage store panicked over records given back");
    }
}
