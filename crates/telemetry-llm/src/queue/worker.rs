//! The task that takes records from the queue to the store, in batches and with retries.

use std::collections::VecDeque;
use std::future::pending;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use telemetry_core::clock::millis;
use telemetry_core::{Backoff, Single, text};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::aside::{Aside, Course, harmless};
use super::leftover::{GivingBack, Leftover, SharedStore};
use super::settings::QueueSettings;
use super::store::{GivenBack, Refused};
use crate::metrics::{PersistErrorType, PersistOutcome, UsagePersistenceMetrics};
use crate::record::UsageRecord;

/// A record, and the room that it takes.
pub(super) struct Slot {
    pub(super) record: UsageRecord,
    pub(super) room: OwnedSemaphorePermit,
}

/// The task that stores what a queue takes.
pub(super) struct Worker {
    store: SharedStore,
    settings: QueueSettings,
    metrics: Single<UsagePersistenceMetrics>,
    taken: mpsc::UnboundedReceiver<Slot>,
    deadline: watch::Receiver<Option<Instant>>,
    /// Whoever stores has it, so that a store that blocks holds one thread and no more.
    turn: Arc<Semaphore>,
    /// What is being stored: one batch, or the parts of one.
    batches: VecDeque<Batch>,
    stored: u64,
    has_panicked: bool,
}

struct Batch {
    /// A store that blocks its thread keeps them for as long as it does.
    records: Arc<Vec<UsageRecord>>,
    /// Freed with the batch.
    room: Option<OwnedSemaphorePermit>,
}

impl Worker {
    pub(super) fn new(
        store: SharedStore,
        settings: QueueSettings,
        metrics: Single<UsagePersistenceMetrics>,
        taken: mpsc::UnboundedReceiver<Slot>,
        deadline: watch::Receiver<Option<Instant>>,
    ) -> Self {
        let turn = Arc::new(Semaphore::new(1));
        Self {
            store,
            settings,
            metrics,
            taken,
            deadline,
            turn,
            batches: VecDeque::new(),
            stored: 0,
            has_panicked: false,
        }
    }

    pub(super) async fn run(mut self, reply: oneshot::Sender<Leftover>) {
        let mut pauses = Backoff::doubling(self.settings.first_backoff, self.settings.longest_backoff).delays();
        // What is under way is kept in `self`, so that a panic loses nothing of it: it is tried again.
        while AssertUnwindSafe(self.work()).catch_unwind().await.map_err(|payload| harmless(|| drop(payload))).is_err()
        {
            self.panicked();
            if !self.wait(pauses.next_delay()).await {
                break;
            }
        }
        // Nobody there to take it drops it, which gives the records back.
        let _ = reply.send(self.take_all());
    }

    async fn work(&mut self) {
        // The rest of a batch whose storing ended in a panic comes first.
        while self.persist().await && self.gather().await {}
    }

    /// Counts a panic that was none of the store's, and says it once: it may be saying it that panics.
    fn panicked(&mut self) {
        self.metrics.errors.at(PersistErrorType::DbError).add(1);
        if !std::mem::replace(&mut self.has_panicked, true) {
            harmless(|| tracing::error!(target: "telemetry", "storing usage records panicked, and goes on"));
        }
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
        let mut batch = Batch { records: Arc::new(vec![first.record]), room: Some(first.room) };
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
            let records = Arc::clone(&batch.records);
            let number = records.len();
            match self.store(records).await {
                None => return false,
                Some(Ok(())) => {
                    self.stored += number as u64;
                    self.release();
                    delays.restart();
                }
                Some(Err(Refused { error_type: PersistErrorType::Validation, why })) => self.set_apart(why).await,
                Some(Err(Refused { why, .. })) => {
                    let pause = delays.next_delay();
                    tracing::warn!(
                        target: "telemetry",
                        error = why,
                        records = number,
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

    /// Has the store try; nothing when the time was up before it was done.
    async fn store(&mut self, records: Arc<Vec<UsageRecord>>) -> Option<Result<(), Refused>> {
        if self.is_past() {
            return None;
        }
        let started = Instant::now();
        let storing = Aside::new(store(Arc::clone(&self.store), records, Arc::clone(&self.turn)));
        let limit = sleep(self.settings.store_timeout);
        let course = storing.until(async {
            tokio::select! {
                () = limit => {}
                () = past(&mut self.deadline) => {}
            }
        });
        let result = match course.await {
            Course::Done(result) => result,
            Course::Panicked => Err(Refused::panicked()),
            Course::Cut if self.is_past() => return None,
            Course::Cut => Err(Refused::timeout()),
        };
        let outcome = if result.is_ok() { PersistOutcome::Success } else { PersistOutcome::Error };
        self.metrics.persist.at(outcome).record(started.elapsed().as_secs_f64());
        if let Err(Refused { error_type, .. }) = &result {
            self.metrics.errors.at(*error_type).add(1);
        }
        Some(result)
    }

    /// Halves a batch that is not valid, until the records that are not are alone, and gives those back.
    async fn set_apart(&mut self, reason: String) {
        let Some(mut batch) = self.batches.pop_front() else { return };
        if batch.records.len() > 1 {
            let second = batch.split_off_half();
            self.batches.push_front(second);
            self.batches.push_front(batch);
            return;
        }
        self.leave(&batch);
        let why = text::cut(&reason, text::MESSAGE).into_owned();
        let back = GivingBack::new(&self.store, owned(batch.records), GivenBack::Invalid(reason));
        // Given back by being dropped, be it by this or because the time is up.
        let _ = Aside::new(async move { drop(back) }).until(past(&mut self.deadline)).await;
        tracing::error!(target: "telemetry", reason = why, "the usage store does not accept a record");
    }

    fn is_past(&self) -> bool {
        self.deadline.borrow().is_some_and(|until| until <= Instant::now())
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
            records.append(&mut owned(std::mem::take(&mut batch.records)));
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
        Arc::make_mut(&mut self.records).push(slot.record);
        match &mut self.room {
            Some(room) => room.merge(slot.room),
            None => self.room = Some(slot.room),
        }
    }

    fn split_off_half(&mut self) -> Self {
        let half = self.records.len() / 2;
        let records = Arc::make_mut(&mut self.records).split_off(half);
        let room = self.room.as_mut().and_then(|room| room.split(records.len()));
        Self { records: Arc::new(records), room }
    }
}

/// One attempt, as the application's code goes through it.
async fn store(store: SharedStore, records: Arc<Vec<UsageRecord>>, turn: Arc<Semaphore>) -> Result<(), Refused> {
    // It is never closed.
    let _turn = turn.acquire_owned().await;
    let Some(store) = store.value() else { return Err(Refused::timeout()) };
    let mut storing = store.store(&records);
    let result = storing.as_mut().await;
    // One that panics here has stored what it has stored.
    if harmless(move || drop(storing)).is_none() {
        tracing::error!(target: "telemetry", "the usage store panicked when it was done");
    }
    result.map_err(Refused::of)
}

/// The records themselves, or copies of those that a store still has in hand.
fn owned(records: Arc<Vec<UsageRecord>>) -> Vec<UsageRecord> {
    Arc::try_unwrap(records).unwrap_or_else(|shared| (*shared).clone())
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
