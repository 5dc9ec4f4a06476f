//! What became of one signal's items, counted, and said once when its export begins or ceases to fail.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use crate::contained::contained;
use crate::label::Label as _;
use crate::self_metrics::{SelfMetrics, Signal};

/// The `tracing` target of what the exporter says about itself: one event when a signal begins to fail, one when it
/// works again.
///
/// The layers of this crate never export it, so that a report about the exporter cannot become its input; an
/// application sees it through its own layers.
pub const LOG_TARGET: &str = "telemetry.export";

/// Says something to the application's layers, which may panic: that is theirs to tell, and ends nothing of ours.
pub(crate) fn say(event: impl FnOnce()) {
    let _said_by_the_panic_hook = contained(event);
}

/// Why items were lost, as the `reason` label of `telemetry_dropped_total`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The queue was full when the item came.
    QueueFull,
    /// The export failed after all retries, or with an error that no retry can mend.
    ExportFailed,
    /// The collector took the request and refused some of its items.
    Rejected,
    /// The shutdown deadline passed, or the item came after the shutdown.
    Shutdown,
}

impl Loss {
    fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::ExportFailed => "export_failed",
            Self::Rejected => "rejected",
            Self::Shutdown => "shutdown",
        }
    }
}

/// What became of one signal's items, and whether its export works.
pub(crate) struct SignalState {
    signal: Signal,
    metrics: OnceLock<SelfMetrics>,
    exported: AtomicU64,
    lost: AtomicU64,
    failed: AtomicU64,
    failing: AtomicBool,
    overflowing: AtomicBool,
    rejecting: AtomicBool,
    reason: Mutex<Option<String>>,
    closing: watch::Sender<Option<Instant>>,
}

impl SignalState {
    pub(crate) fn new(signal: Signal) -> Self {
        Self {
            signal,
            metrics: OnceLock::new(),
            exported: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            failing: AtomicBool::new(false),
            overflowing: AtomicBool::new(false),
            rejecting: AtomicBool::new(false),
            reason: Mutex::new(None),
            closing: watch::Sender::new(None),
        }
    }

    /// Says where to count from now on. It comes late because the meter's provider contains the exporter.
    pub(crate) fn count_with(&self, metrics: SelfMetrics) {
        let _already_set = self.metrics.set(metrics);
    }

    pub(crate) fn exported(&self, items: u64) {
        self.exported.fetch_add(items, Ordering::Relaxed);
    }

    pub(crate) fn lost(&self, loss: Loss, items: u64) {
        if items == 0 {
            return;
        }
        self.lost.fetch_add(items, Ordering::Relaxed);
        if let Some(metrics) = self.metrics.get() {
            metrics.dropped(self.signal, loss.as_str(), items);
        }
    }

    /// How many items the collector has taken since the start.
    pub(crate) fn total_exported(&self) -> u64 {
        self.exported.load(Ordering::Relaxed)
    }

    /// How many items were lost since the start.
    pub(crate) fn total_lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// How many exports were given up since the start.
    pub(crate) fn total_failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// The reason of the last failure, while the export fails.
    pub(crate) fn failure(&self) -> Option<String> {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// An attempt failed. Only the first one of a row is logged.
    pub(crate) fn attempt_failed(&self, reason: &str) {
        *self.reason.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.to_owned());
        if !self.failing.swap(true, Ordering::Relaxed) {
            say(|| {
                tracing::warn!(target: LOG_TARGET, signal = self.signal.as_str(), reason, "telemetry export is failing");
            });
        }
    }

    /// The shutdown's deadline cut an attempt short. What failed before says more than that, if anything did.
    pub(crate) fn deadline_passed(&self) {
        if self.failure().is_none() {
            self.attempt_failed("the shutdown deadline passed before the collector answered");
        }
    }

    /// An export was given up.
    pub(crate) fn export_failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        if let Some(metrics) = self.metrics.get() {
            metrics.export_failed(self.signal);
        }
    }

    /// The collector answered that it took the request.
    pub(crate) fn export_succeeded(&self) {
        if self.failing.swap(false, Ordering::Relaxed) {
            *self.reason.lock().unwrap_or_else(PoisonError::into_inner) = None;
            let (signal, lost) = (self.signal.as_str(), self.total_lost());
            say(|| tracing::info!(target: LOG_TARGET, signal, lost, "telemetry export works again"));
        }
    }

    /// Whether items are being lost although exports go on. Logged when that begins and when it ends.
    pub(crate) fn dropping(&self, loss: Loss, now: bool, reason: &str) {
        let flag = if loss == Loss::QueueFull { &self.overflowing } else { &self.rejecting };
        if flag.swap(now, Ordering::Relaxed) == now {
            return;
        }
        let (signal, lost) = (self.signal.as_str(), self.total_lost());
        if now {
            say(|| tracing::warn!(target: LOG_TARGET, signal, reason, lost, "telemetry is being dropped"));
        } else {
            say(|| tracing::info!(target: LOG_TARGET, signal, lost, "telemetry is no longer dropped"));
        }
    }

    /// Announces the shutdown: exports end at `deadline`. The first announcement counts.
    pub(crate) fn close(&self, deadline: Instant) {
        self.closing.send_if_modified(|current| {
            let first = current.is_none();
            current.get_or_insert(deadline);
            first
        });
    }

    /// The announced end of exports.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        *self.closing.borrow()
    }

    /// Waits until the shutdown has been announced.
    pub(crate) async fn closed(&self) {
        let mut closing = self.closing.subscribe();
        // The sender lives in `self`, so that waiting cannot fail while this borrow lives.
        let _announced = closing.wait_for(Option::is_some).await;
    }

    /// Waits until the announced deadline has passed.
    pub(crate) async fn expired(&self) {
        self.closed().await;
        if let Some(deadline) = self.deadline() {
            tokio::time::sleep_until(deadline.into()).await;
        }
    }
}

impl std::fmt::Debug for SignalState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignalState").field("signal", &self.signal).finish_non_exhaustive()
    }
}
