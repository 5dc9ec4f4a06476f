//! What runs of the telemetry: its signals, and how all of them are flushed and ended within one deadline.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::output::Output;
use super::pull::Pull;
use super::report::{FlushReport, ShutdownReport};
use super::signals::{LogSignal, MetricSignal, TraceSignal};
use crate::Meter;
use crate::export::{ExportThread, Owner};
use crate::levels::LogLevels;
use crate::settings::Warning;

/// The threads beside the exporter's that a flush waits for: what exports metrics, and what reads them.
const OWN_THREADS: [&str; 2] = ["telemetry-metrics", "telemetry-read"];

/// What runs.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) owner: Owner,
    /// Whether all is turned off, and not only what exports.
    pub(super) disabled: bool,
    pub(super) metrics: Option<MetricSignal>,
    pub(super) traces: Option<TraceSignal>,
    pub(super) logs: Option<LogSignal>,
    pub(super) meter: Meter,
    pub(super) levels: LogLevels,
    pub(super) output: Output,
    pub(super) pull: Pull,
    pub(super) shutdown_timeout: Duration,
    pub(super) warnings: Vec<Warning>,
    pub(super) thread: Mutex<Option<ExportThread>>,
    pub(super) report: Mutex<Option<ShutdownReport>>,
}

impl Inner {
    /// Whether this is a thread that a flush waits for.
    pub(super) fn is_own_thread(&self) -> bool {
        let current = std::thread::current();
        let exports = self.thread.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(ExportThread::id);
        exports == Some(current.id()) || current.name().is_some_and(|name| OWN_THREADS.contains(&name))
    }

    pub(super) fn flush(&self, limit: Duration) -> FlushReport {
        if !self.owner.is_this_process() || self.reported().is_some() {
            return FlushReport::default();
        }
        let begun = Instant::now();
        let deadline = begun + limit;
        let metrics = self.metrics.as_ref().map(MetricSignal::begin_flush);
        let traces = self.traces.as_ref().map(TraceSignal::begin_flush);
        let logs = self.logs.as_ref().map(LogSignal::begin_flush);
        let report = FlushReport {
            metrics: metrics.map(|metrics| metrics.finish(deadline)).unwrap_or_default(),
            traces: traces.map(|traces| traces.finish(deadline)).unwrap_or_default(),
            logs: logs.map(|logs| logs.finish(deadline)).unwrap_or_default(),
            elapsed: begun.elapsed(),
        };
        self.output.flush(deadline);
        report
    }

    fn reported(&self) -> Option<ShutdownReport> {
        // A shutdown in progress holds the lock: whoever flushes then has nothing to wait for.
        match self.report.try_lock() {
            Ok(report) => report.clone(),
            Err(std::sync::TryLockError::Poisoned(poisoned)) => poisoned.into_inner().clone(),
            Err(std::sync::TryLockError::WouldBlock) => Some(ShutdownReport::default()),
        }
    }

    pub(super) fn shutdown(&self, limit: Duration) -> ShutdownReport {
        if !self.owner.is_this_process() {
            return ShutdownReport::default();
        }
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(report) = &*report {
            return report.clone();
        }
        let begun = Instant::now();
        let deadline = begun + limit;
        // A panic that unwinds `main` is no end that anybody meant.
        if !std::thread::panicking() {
            self.meter.self_metrics().process_ends();
        }
        // All three begin before any is waited for: they share the deadline.
        let metrics = self.metrics.as_ref().map(|metrics| metrics.begin_shutdown(deadline));
        let traces = self.traces.as_ref().map(|traces| traces.begin_shutdown(deadline));
        let logs = self.logs.as_ref().map(|logs| logs.begin_shutdown(deadline));
        let finished = ShutdownReport {
            metrics: metrics.map(|metrics| metrics.finish(deadline)).unwrap_or_default(),
            traces: traces.map(|traces| traces.finish(deadline)).unwrap_or_default(),
            logs: logs.map(|logs| logs.finish(deadline)).unwrap_or_default(),
            elapsed: begun.elapsed(),
        };
        if let Some(metrics) = &self.metrics {
            metrics.end(deadline);
        }
        drop(self.thread.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.output.flush(deadline);
        report.insert(finished).clone()
    }
}
