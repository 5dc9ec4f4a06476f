//! The task that takes records from the queue to the store, in batches and with retries.

use std::collections::VecDeque;
use std::future::pending;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use telemetry_core::clock::millis;
use telemetry_core::{Backoff, Single};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::leftover::{Leftover, give_back};
use super::settings::QueueSettings;
use super::store::{GivenBack, StoreError, UsageStore};
use crate::metrics::{PersistOutcome, UsagePersistenceMetrics};
use crate::record::UsageRecord;

/// A record, and the room that it takes.
pub(super) struct Slot {
    pub(super) record: UsageRecord,
    pub(super) room: OwnedSemaphorePermit,
}

/// The task that stores what a queue takes.
pub(super) struct Worker {
    store: Arc<dyn UsageStore>,
    settings: QueueSettings,
    metrics: Single<UsagePersistenceMetrics>,
    taken: mpsc::UnboundedReceiver<Slot>,
    deadline: watch::Receiver<Option<Instant>>,
    /// What is being stored: one batch, or the parts of one.
    batches: VecDeque<Batch>,
    stored: u64,
}

struct Batch {
    records: Vec<UsageRecord>,
    /// Freed with the batch.
    room: Option<OwnedSemaphorePermit>,
}

impl Worker {
    pub(super) fn new(
        store: Arc<dyn UsageStore>,
        settings: QueueSettings,
        metrics: Single<UsagePersistenceMetrics>,
        taken: mpsc::UnboundedReceiver<Slot>,
        deadline: watch::Receiver<Option<Instant>>,
    ) -> Self {
        Self { store, settings, metrics, taken, deadline, batches: VecDeque::new(), stored: 0 }
    }

    pub(super) async fn run(mut self, reply: oneshot::Sender<Leftover>) {
        while self.gather().await {
            if !self.persist().await {
                break;
            }
        }
        // Nobody there to take it drops it, which gives the records back.
        let _ = reply.send(self.take_all());
    }

    /// Gathers a batch; false when none is left to come.
    async fn gather(&mut self) -> bool {
        let first = tokio::select! {
            biased;
            slot = self.taken.recv() => slot,
            () = told_to_end(&mut self.deadline) => {
                self.taken.close();
                self.taken.recv().await
            }
        };
        let Some(first) = first else { return false };
        let mut batch = Batch { records: vec![first.record], room: Some(first.room) };
        let linger = sleep(self.settings.linger);
        tokio::pin!(linger);
        while batch.records.len() < self.settings.batch {
            tokio::select! {
                biased;
                slot = self.taken.recv() => match slot {
                    Some(slot) => batch.add(slot),
                    None => break,
                },
                () = &mut linger => break,
                // What is there already is taken first; then there is nothing to wait for.
                () = told_to_end(&mut self.deadline) => break,
            }
        }
        self.batches.push_back(batch);
        true
    }

    /// Stores what was gathered; false when the time was up before.
    async fn persist(&mut self) -> bool {
        let mut delays = Backoff::doubling(self.settings.first_backoff, self.settings.longest_backoff).delays();
        while let Some(batch) = self.batches.front() {
            let error = tokio::select! {
                biased;
                result = Self::store(&*self.store, &batch.records, &self.settings, &self.metrics) => result.err(),
                () = past(&mut self.deadline) => return false,
            };
            match error {
                None => {
                    self.stored += batch.records.len() as u64;
                    self.release();
                    delays.restart();
                }
                Some(StoreError::Validation(reason)) => self.set_apart(reason),
                Some(error) => {
                    let pause = delays.next_delay();
                    tracing::warn!(
                        target: "telemetry",
                        %error,
                        records = batch.records.len(),
                        retry_ms = millis(pause),
                        "usage records are not stored yet"
                    );
                    if !self.wait(pause).await {
                        return false;
                    }
                }
            }
        }
        true
    }

    async fn store(
        store: &dyn UsageStore,
        records: &[UsageRecord],
        settings: &QueueSettings,
        metrics: &UsagePersistenceMetrics,
    ) -> Result<(), StoreError> {
        let started = Instant::now();
        let guarded = AssertUnwindSafe(async { store.store(records).await }).catch_unwind();
        let result = match timeout(settings.store_timeout, guarded).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(StoreError::database("the store panicked")),
            Err(_) => Err(StoreError::Timeout),
        };
        let outcome = if result.is_ok() { PersistOutcome::Success } else { PersistOutcome::Error };
        metrics.persist.at(outcome).record(started.elapsed().as_secs_f64());
        if let Err(error) = &result {
            metrics.errors.at(error.error_type()).add(1);
        }
        result
    }

    /// Halves a batch that is not valid, until the records that are not are alone, and gives those back.
    fn set_apart(&mut self, reason: String) {
        let Some(mut batch) = self.batches.pop_front() else { return };
        if batch.records.len() > 1 {
            let second = batch.split_off_half();
            self.batches.push_front(second);
            self.batches.push_front(batch);
            return;
        }
        tracing::error!(target: "telemetry", reason, "the usage store does not accept a record");
        self.leave(&batch);
        give_back(&*self.store, batch.records, GivenBack::Invalid(reason));
    }

    /// Waits before the next attempt, shorter if told to end meanwhile; false when the time is up.
    async fn wait(&mut self, pause: Duration) -> bool {
        let ending = self.deadline.borrow().is_some();
        let mut deadline = self.deadline.clone();
        tokio::select! {
            biased;
            () = past(&mut self.deadline) => false,
            () = sleep(pause) => true,
            () = told_to_end(&mut deadline), if !ending => true,
        }
    }

    /// Lets go of the batch in front.
    fn release(&mut self) {
        if let Some(batch) = self.batches.pop_front() {
            self.leave(&batch);
        }
    }

    fn leave(&self, batch: &Batch) {
        self.metrics.queue_size.add(-i64::try_from(batch.records.len()).unwrap_or(i64::MAX));
    }

    /// All that is not stored.
    fn take_all(&mut self) -> Leftover {
        self.taken.close();
        let mut records = Vec::new();
        while let Some(mut batch) = self.batches.pop_front() {
            self.leave(&batch);
            records.append(&mut batch.records);
        }
        while let Ok(slot) = self.taken.try_recv() {
            self.metrics.queue_size.add(-1);
            records.push(slot.record);
        }
        Leftover::new(Arc::clone(&self.store), self.stored, records)
    }
}

impl Drop for Worker {
    /// A runtime that ends drops its tasks wherever they are.
    fn drop(&mut self) {
        drop(self.take_all());
    }
}

impl Batch {
    fn add(&mut self, slot: Slot) {
        self.records.push(slot.record);
        match &mut self.room {
            Some(room) => room.merge(slot.room),
            None => self.room = Some(slot.room),
        }
    }

    fn split_off_half(&mut self) -> Self {
        let records = self.records.split_off(self.records.len() / 2);
        let room = self.room.as_mut().and_then(|room| room.split(records.len()));
        Self { records, room }
    }
}

/// Resolves once the queue is to end.
async fn told_to_end(deadline: &mut watch::Receiver<Option<Instant>>) {
    // The sender sets a deadline before it goes.
    let _ = deadline.wait_for(Option::is_some).await;
}

/// Resolves once the time to end is up.
async fn past(deadline: &mut watch::Receiver<Option<Instant>>) {
    loop {
        let until = deadline.wait_for(Option::is_some).await.map_or(None, |until| *until);
        // It goes only after it has set one.
        let Some(until) = until else { return pending().await };
        tokio::select! {
            () = sleep_until(until) => return,
            // Another deadline may come that is sooner.
            Ok(()) = deadline.changed() => {}
        }
    }
}
