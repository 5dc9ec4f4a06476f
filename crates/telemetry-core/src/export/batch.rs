//! Batches of one queue on their way out: sent, flushed and shut down within a deadline, and counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use tonic::transport::Channel;

use super::capture::{Answer, EventCapture};
use super::deliver::{Delivery, Failure};
use super::queue::Queue;
use super::size::{Item, Requests};
use super::state::Loss;
use crate::contained::contained_future;

/// How long the SDK's own `force_flush` waits, which names no limit.
pub(crate) const FLUSH_LIMIT: Duration = Duration::from_secs(30);
/// How long after the deadline the exporter's thread may take to count what the deadline cost.
pub(crate) const GRACE: Duration = Duration::from_millis(250);

/// Delivers the batches of one queue, and counts those that are lost.
pub(crate) struct BatchDelivery {
    pub(crate) delivery: Delivery,
    pub(crate) capture: EventCapture,
    /// How many items were delivered or counted as lost, since the start.
    accounted: AtomicU64,
}

impl BatchDelivery {
    pub(crate) fn new(delivery: Delivery) -> Self {
        Self { delivery, capture: EventCapture::new(), accounted: AtomicU64::new(0) }
    }

    /// The requests that a batch becomes.
    pub(crate) fn requests<T: Item>(&self, items: Vec<T>) -> Requests<T> {
        Requests::cut(items, self.delivery.max_request, self.delivery.until())
    }

    /// Sends one of them; false if it was too large, and has to be cut.
    pub(crate) async fn send<F, A>(&self, items: u64, until: tokio::time::Instant, export: F) -> bool
    where
        F: Fn(Channel) -> A,
        A: Future<Output = Answer>,
    {
        match self.delivery.send(items, until, export).await {
            Ok(()) => {}
            Err(Failure::TooLarge) => return false,
            Err(Failure::Deadline) => self.delivery.state.lost(Loss::Shutdown, items),
            Err(Failure::GivenUp | Failure::Superseded) => self.delivery.state.lost(Loss::ExportFailed, items),
        }
        self.accounted.fetch_add(items, Ordering::Relaxed);
        true
    }

    /// Exports one batch of so many items. A panic of it loses what was not sent before, and ends nothing else.
    pub(crate) async fn whole(&self, items: usize, export: impl Future<Output = ()>) {
        let before = self.accounted.load(Ordering::Relaxed);
        if let Err(panicked) = contained_future(export).await {
            let accounted = self.accounted.load(Ordering::Relaxed) - before;
            let state = &self.delivery.state;
            state.lost(Loss::ExportFailed, (items as u64).saturating_sub(accounted));
            self.delivery.panicked(&panicked);
            state.export_failed();
        }
    }
}

/// What the SDK asks of a processor: all that was recorded is exported.
pub(crate) fn flush<T: Item + Send + 'static>(queue: &Queue<T>) -> OTelSdkResult {
    let lost = queue.state().total_lost();
    let target = queue.request_flush();
    settled(queue, target, Instant::now() + FLUSH_LIMIT, FLUSH_LIMIT, lost)
}

/// What the SDK asks of a processor: the same, and nothing further is taken.
pub(crate) fn shut_down<T: Item + Send + 'static>(queue: &Queue<T>, deadline: Instant) -> OTelSdkResult {
    let lost = queue.state().total_lost();
    let limit = deadline.saturating_duration_since(Instant::now());
    let target = queue.close(deadline);
    let deadline = queue.state().deadline().unwrap_or(deadline);
    settled(queue, target, deadline + GRACE, limit, lost)
}

fn settled<T: Item + Send + 'static>(
    queue: &Queue<T>,
    target: u64,
    until: Instant,
    limit: Duration,
    lost_before: u64,
) -> OTelSdkResult {
    if !queue.wait_settled(target, until) {
        return Err(OTelSdkError::Timeout(limit));
    }
    match queue.state().total_lost().saturating_sub(lost_before) {
        0 => Ok(()),
        lost => Err(OTelSdkError::InternalFailure(format!("{lost} items were lost"))),
    }
}
