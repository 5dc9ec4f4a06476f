//! The bounded queue between the threads that record and the one that exports.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::process::Owner;
use super::size::Item;
use super::state::{Loss, SignalState};

/// The bounded queue between the threads that record and the exporter's thread.
///
/// The SDK's own batch processors hide what they drop when the queue is full, and call a failed export a success. Here
/// each item ends in exactly one count: exported, or lost for a reason.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    state: Arc<SignalState>,
    owner: Owner,
    limits: QueueLimits,
    held: Mutex<Held<T>>,
    wake: Notify,
    /// All items up to this one, in order of arrival, are to be exported without waiting for a full batch.
    wanted: AtomicU64,
    overflowed: AtomicU64,
    settled: Mutex<u64>,
    settling: Condvar,
}

#[derive(Debug)]
struct Held<T> {
    /// Each with its size.
    items: VecDeque<(usize, T)>,
    bytes: usize,
    accepted: u64,
    closed: bool,
}

/// How large the queue and its batches are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QueueLimits {
    pub(crate) capacity: usize,
    /// How many bytes all items may have together.
    pub(crate) bytes: usize,
    pub(crate) batch: usize,
    pub(crate) delay: Duration,
}

impl<T: Item + Send + 'static> Queue<T> {
    pub(crate) fn new(state: Arc<SignalState>, limits: QueueLimits) -> Self {
        Self {
            state,
            owner: Owner::this_process(),
            limits,
            held: Mutex::new(Held { items: VecDeque::new(), bytes: 0, accepted: 0, closed: false }),
            wake: Notify::new(),
            wanted: AtomicU64::new(0),
            overflowed: AtomicU64::new(0),
            settled: Mutex::new(0),
            settling: Condvar::new(),
        }
    }

    pub(crate) fn state(&self) -> &Arc<SignalState> {
        &self.state
    }

    fn held(&self) -> MutexGuard<'_, Held<T>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an item, or counts it as lost. Never waits for the exporter.
    pub(crate) fn push(&self, item: T) {
        if !self.owner.is_this_process() {
            return;
        }
        let size = item.size();
        let mut held = self.held();
        let waiting = held.items.len();
        let fits = waiting < self.limits.capacity && held.bytes.saturating_add(size) <= self.limits.bytes;
        if held.closed || !fits {
            let closed = held.closed;
            drop(held);
            self.refuse(closed);
            return;
        }
        held.items.push_back((size, item));
        held.bytes += size;
        held.accepted += 1;
        drop(held);
        if waiting + 1 == self.limits.batch {
            self.wake.notify_one();
        }
    }

    /// Counts only: this thread may be inside a subscriber, where another event could find a lock taken.
    fn refuse(&self, closed: bool) {
        if closed {
            self.state.lost(Loss::Shutdown, 1);
        } else {
            self.overflowed.fetch_add(1, Ordering::Relaxed);
            self.state.lost(Loss::QueueFull, 1);
        }
    }

    /// Asks for all that was accepted so far to be exported at once; returns the number to wait for.
    pub(crate) fn request_flush(&self) -> u64 {
        let accepted = self.held().accepted;
        self.wanted.fetch_max(accepted, Ordering::SeqCst);
        self.wake.notify_one();
        accepted
    }

    /// Refuses further items and asks for the rest to be exported until `deadline`.
    pub(crate) fn close(&self, deadline: Instant) -> u64 {
        self.held().closed = true;
        self.state.close(deadline);
        self.request_flush()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.held().closed
    }

    /// Blocks until the items up to `target` have been exported or lost; false if that takes longer than `until`.
    pub(crate) fn wait_settled(&self, target: u64, until: Instant) -> bool {
        if !self.owner.is_this_process() {
            return true;
        }
        let settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = until.saturating_duration_since(Instant::now());
        let (settled, _timeout) = self
            .settling
            .wait_timeout_while(settled, limit, |settled| *settled < target)
            .unwrap_or_else(PoisonError::into_inner);
        *settled >= target
    }

    /// How many accepted items have neither been exported nor lost.
    pub(crate) fn pending(&self) -> u64 {
        let accepted = self.held().accepted;
        accepted.saturating_sub(*self.settled.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take_batch(&self) -> Vec<T> {
        let mut held = self.held();
        let count = held.items.len().min(self.limits.batch);
        let batch: Vec<_> = held.items.drain(..count).collect();
        let bytes: usize = batch.iter().map(|(size, _)| size).sum();
        held.bytes -= bytes;
        drop(held);
        batch.into_iter().map(|(_, item)| item).collect()
    }

    fn settle(&self, items: u64) -> u64 {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        *settled += items;
        self.settling.notify_all();
        *settled
    }

    /// Exports batch after batch, until the queue is closed and empty.
    pub(crate) async fn work<F: Future<Output = ()>>(self: Arc<Self>, export: impl Fn(Vec<T>) -> F) {
        let mut settled = 0;
        let mut overflowed = 0;
        loop {
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(self.limits.delay) => {}
            }
            let mut first = true;
            while first || settled < self.wanted.load(Ordering::SeqCst) || self.held().items.len() >= self.limits.batch
            {
                first = false;
                let batch = self.take_batch();
                if batch.is_empty() {
                    break;
                }
                let items = batch.len() as u64;
                export(batch).await;
                settled = self.settle(items);
            }
            let before = std::mem::replace(&mut overflowed, self.overflowed.load(Ordering::Relaxed));
            self.state.dropping(Loss::QueueFull, overflowed > before, "the queue is full");
            if self.is_closed() && self.held().items.is_empty() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::self_metrics::Signal;

    const LIMITS: QueueLimits = QueueLimits { capacity: 10, bytes: 100, batch: 4, delay: Duration::from_secs(3600) };
    const SOON: Duration = Duration::from_secs(20);

    fn queue() -> Queue<usize> {
        Queue::new(Arc::new(SignalState::new(Signal::Traces)), LIMITS)
    }

    /// Runs the queue's work until it is closed, and returns the batches.
    fn batches(queue: &Arc<Queue<usize>>) -> Vec<Vec<usize>> {
        let batches = Mutex::new(Vec::new());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(Arc::clone(queue).work(|batch| {
            batches.lock().expect("no test panics here").push(batch);
            std::future::ready(())
        }));
        batches.into_inner().expect("no test panics here")
    }

    #[test]
    fn items_leave_in_order_and_in_batches() {
        let queue = Arc::new(queue());
        (0..10).for_each(|item| queue.push(item));
        let target = queue.close(Instant::now() + SOON);
        assert_eq!(batches(&queue), [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9]]);
        assert!(queue.wait_settled(target, Instant::now()));
        assert_eq!((queue.pending(), queue.state().total_lost()), (0, 0));
    }

    #[test]
    fn what_does_not_fit_or_comes_late_is_counted() {
        let queue = Arc::new(queue());
        (0..13).for_each(|item| queue.push(item));
        assert_eq!(queue.state().total_lost(), 3, "full");
        let target = queue.close(Instant::now() + SOON);
        queue.push(13);
        assert_eq!(queue.state().total_lost(), 4, "closed");
        assert!(!queue.wait_settled(target, Instant::now()), "nobody works yet");
        assert_eq!(batches(&queue).concat(), (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_large_takes_the_place_of_many() {
        let queue = Arc::new(queue());
        [60, 60, 40, 1].into_iter().for_each(|item| queue.push(item));
        assert_eq!(queue.state().total_lost(), 2, "the second of 60 and what comes when it is full");
        queue.close(Instant::now() + SOON);
        assert_eq!(batches(&queue), [vec![60, 40]]);
        assert_eq!(queue.held().bytes, 0);
    }

    #[test]
    fn a_forked_child_keeps_nothing_and_waits_for_nobody() {
        let queue = Queue { owner: Owner::another(), ..queue() };
        queue.push(1);
        assert_eq!((queue.pending(), queue.state().total_lost()), (0, 0));
        assert!(queue.wait_settled(queue.request_flush() + 1, Instant::now() + SOON));
    }
}
