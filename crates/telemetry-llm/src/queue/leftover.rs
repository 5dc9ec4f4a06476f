//! Records that nobody will store, on their way back to somebody who answers for them.

use std::sync::Arc;

use super::aside::{Beside, harmless};
use super::outcome::Drained;
use super::store::{GivenBack, UsageStore};
use crate::record::UsageRecord;

/// The application's store: used and dropped where it may block and panic.
pub(super) type SharedStore = Arc<Beside<Box<dyn UsageStore>>>;

/// Records that nobody will store: they go to whoever shuts the queue down, else back to the store.
pub(super) struct Leftover {
    store: SharedStore,
    stored: u64,
    records: Vec<UsageRecord>,
}

impl Leftover {
    pub(super) fn new(store: SharedStore, stored: u64, records: Vec<UsageRecord>) -> Self {
        Self { store, stored, records }
    }

    pub(super) fn into_drained(mut self) -> Drained {
        Drained { stored: self.stored, left: std::mem::take(&mut self.records) }
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        if !self.records.is_empty() {
            let records = std::mem::take(&mut self.records);
            let number = records.len();
            drop(Beside::new(GivingBack::new(&self.store, records, GivenBack::Ended)));
            harmless(|| tracing::error!(target: "telemetry", records = number, "usage records were not stored"));
        }
    }
}

/// Records that are given back when this is dropped: also where a thread is not to be had for it.
pub(super) struct GivingBack {
    store: SharedStore,
    records: Vec<UsageRecord>,
    reason: GivenBack,
}

impl GivingBack {
    pub(super) fn new(store: &SharedStore, records: Vec<UsageRecord>, reason: GivenBack) -> Self {
        Self { store: Arc::clone(store), records, reason }
    }
}

impl Drop for GivingBack {
    /// A store that panics here takes nothing down with it.
    fn drop(&mut self) {
        let (records, reason) = (std::mem::take(&mut self.records), self.reason.clone());
        let number = records.len();
        let Some(store) = self.store.value() else { return };
        if harmless(|| store.give_back(records, reason)).is_none() {
            harmless(|| {
                tracing::error!(
                    target: "telemetry",
                    records = number,
                    "the usage store panicked over records given back"
                );
            });
        }
    }
}
