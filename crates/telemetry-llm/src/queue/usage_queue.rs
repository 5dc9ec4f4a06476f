//! The queue as an application holds it: it takes records, or gives them back.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use telemetry_core::{Meter, SettingsGroup as _, Single};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};

use super::aside::Beside;
use super::leftover::Leftover;
use super::outcome::{Drained, PushError, PushReason};
use super::settings::{Overload, QueueSettings};
use super::store::UsageStore;
use super::worker::{Slot, Worker};
use crate::error::LlmError;
use crate::metrics::UsagePersistenceMetrics;
use crate::record::UsageRecord;
use crate::settings::LlmSettings;

/// Takes usage records and stores them in batches, in the background, trying again what fails; cheap to clone.
///
/// No record vanishes: [`push`](Self::push) takes it or gives it back; what was taken is stored, or comes back from
/// [`shutdown`](Self::shutdown) or through [`UsageStore::give_back`]. The work is a task of the runtime in which the
/// queue is started, and ends with it. The store itself is polled on the threads that the runtime keeps for what blocks, so
/// that one that blocks or panics holds up neither the runtime nor a shutdown, on a runtime of one thread neither. (A
/// runtime that is dropped waits for its threads that are blocked, `Runtime::shutdown_timeout` only so long.)
///
/// ```
/// use std::time::Duration;
///
/// use telemetry_core::Meter;
/// use telemetry_llm::{Llm, Usage, UsageQueue, UsageStore};
///
/// # async fn example(database: impl UsageStore) -> Result<(), Box<dyn std::error::Error>> {
/// let queue = UsageQueue::start(&Meter::global(), database)?;
/// let ended = Llm::global().start("openai", "gpt-4o").succeed(Usage::new(100, 20));
/// queue.push(ended.record().tag("project", "atlas")).await?;
/// let drained = queue.shutdown(Duration::from_secs(5)).await;
/// assert!(drained.left.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct UsageQueue(Arc<Intake>);

/// What the handles of a queue share.
struct Intake {
    overload: Overload,
    drain_on_drop: Duration,
    room: Arc<Semaphore>,
    intake: mpsc::UnboundedSender<Slot>,
    /// When to stop trying.
    deadline: watch::Sender<Option<Instant>>,
    left: Mutex<Option<oneshot::Receiver<Leftover>>>,
    metrics: Single<UsagePersistenceMetrics>,
}

impl UsageQueue {
    /// Starts a queue in front of a store, recorded by this meter, with the settings that it carries.
    ///
    /// # Errors
    ///
    /// [`LlmError::NoRuntime`] outside a tokio runtime.
    pub fn start(meter: &Meter, store: impl UsageStore) -> Result<Self, LlmError> {
        Self::spawn(meter, meter.settings_of::<LlmSettings>().queue, store)
    }

    /// Starts a queue in front of a store, recorded by this meter.
    ///
    /// # Errors
    ///
    /// [`LlmError`] when a setting is out of range, or outside a tokio runtime.
    pub fn with_settings(meter: &Meter, settings: QueueSettings, store: impl UsageStore) -> Result<Self, LlmError> {
        settings.validate()?;
        Self::spawn(meter, settings, store)
    }

    fn spawn(meter: &Meter, settings: QueueSettings, store: impl UsageStore) -> Result<Self, LlmError> {
        let runtime = Handle::try_current().map_err(|_| LlmError::NoRuntime)?;
        let (intake, taken) = mpsc::unbounded_channel();
        let (deadline, until) = watch::channel(None);
        let (reply, left) = oneshot::channel();
        let metrics = Single::<UsagePersistenceMetrics>::new(meter);
        let inner = Intake {
            overload: settings.overload,
            drain_on_drop: settings.drain_on_drop,
            room: Arc::new(Semaphore::new(settings.capacity)),
            intake,
            deadline,
            left: Mutex::new(Some(left)),
            metrics: metrics.clone(),
        };
        let store = Arc::new(Beside::new(Box::new(store) as Box<dyn UsageStore>));
        runtime.spawn(Worker::new(store, settings, metrics, taken, until).run(reply));
        Ok(Self(Arc::new(inner)))
    }

    /// Hands over a record. Where there is no room it waits, or gives the record back, as the settings say.
    ///
    /// # Errors
    ///
    /// [`PushError`] with the record, when there is no room and the queue does not wait, and when it has ended.
    pub async fn push(&self, record: UsageRecord) -> Result<(), PushError> {
        let room = match self.0.overload {
            Overload::Wait => Arc::clone(&self.0.room).acquire_owned().await.map_err(|_| PushReason::Ended),
            Overload::Refuse => self.room_now(),
        };
        self.hand_over(record, room)
    }

    /// Hands over a record if there is room now, whatever the settings say.
    ///
    /// # Errors
    ///
    /// [`PushError`] with the record, when there is no room, and when the queue has ended.
    pub fn try_push(&self, record: UsageRecord) -> Result<(), PushError> {
        let room = self.room_now();
        self.hand_over(record, room)
    }

    fn room_now(&self) -> Result<OwnedSemaphorePermit, PushReason> {
        Arc::clone(&self.0.room).try_acquire_owned().map_err(|error| match error {
            TryAcquireError::NoPermits => PushReason::Full,
            TryAcquireError::Closed => PushReason::Ended,
        })
    }

    fn hand_over(&self, record: UsageRecord, room: Result<OwnedSemaphorePermit, PushReason>) -> Result<(), PushError> {
        let room = match room {
            Ok(room) => room,
            Err(reason) => return Err(PushError { record: Box::new(record), reason }),
        };
        // Before it can be stored, so that the gauge is never below nothing.
        self.0.metrics.queue_size.add(1);
        self.0.intake.send(Slot { record, room }).map_err(|mpsc::error::SendError(slot)| {
            self.0.metrics.queue_size.add(-1);
            PushError { record: Box::new(slot.record), reason: PushReason::Ended }
        })
    }

    /// Takes no more records, stores those that wait, and ends.
    ///
    /// What is not stored when the time is up comes back, at most 50 ms later, whatever the store does meanwhile. Of a
    /// store that blocks its thread at that time it cannot be told what it will have stored: its records come back too,
    /// under the [`id`](UsageRecord::id) by which a store that has them knows them again.
    ///
    /// A second call has nothing to bring back. Nor has one whose queue is held up by something else than its store, such as
    /// a layer of `tracing` that blocks; [`UsageStore::give_back`] gets the records once that is over.
    pub async fn shutdown(&self, within: Duration) -> Drained {
        let left = self.0.left.lock().unwrap_or_else(PoisonError::into_inner).take();
        let until = self.0.end(within);
        let Some(left) = left else { return Drained::default() };
        match timeout_at(later(until, HELD_UP), left).await {
            Ok(Ok(left)) => left.into_drained(),
            // The runtime dropped the work, which gave back what it had.
            Ok(Err(_)) => Drained::default(),
            Err(_) => {
                tracing::error!(target: "telemetry", "the queue of usage records is held up, and gives them back later");
                Drained::default()
            }
        }
    }
}

/// How long after its time the work of a queue is waited for, which ends by itself unless something blocks it.
const HELD_UP: Duration = Duration::from_millis(250);

/// Then, or in some thirty years.
fn later(then: Instant, by: Duration) -> Instant {
    then.checked_add(by).unwrap_or_else(|| then + Duration::from_secs(1_000_000_000))
}

impl Intake {
    /// Has the work end by then, or by the time said before if that is sooner.
    fn end(&self, within: Duration) -> Instant {
        self.room.close();
        let deadline = later(Instant::now(), within);
        self.deadline.send_if_modified(|now| {
            let sooner = now.is_none_or(|now| deadline < now);
            if sooner {
                *now = Some(deadline);
            }
            sooner
        });
        deadline
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        let _ = self.end(self.drain_on_drop);
    }
}

impl fmt::Debug for UsageQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UsageQueue")
            .field("overload", &self.0.overload)
            .field("room", &self.0.room.available_permits())
            .finish_non_exhaustive()
    }
}
