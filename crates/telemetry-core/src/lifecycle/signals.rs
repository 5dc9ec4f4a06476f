//! One signal each: its provider, its queue, and how it is flushed and ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData};

use tracing_subscriber::filter::Targets;

use super::background::{Background, Run};
use super::report::SignalReport;
use crate::export::{GRACE, InFlight, Queue, Record, SignalState};
use crate::trace::Sampling;

/// Metrics: the SDK's reader collects them.
#[derive(Debug)]
pub(super) struct MetricSignal {
    pub(super) provider: SdkMeterProvider,
    /// `None` where metrics are only served.
    pub(super) push: Option<Push>,
    pub(super) flushes: Background,
}

/// The push of metrics.
#[derive(Debug)]
pub(super) struct Push {
    pub(super) state: Arc<SignalState>,
    pub(super) in_flight: Arc<InFlight>,
}

/// Spans.
#[derive(Debug)]
pub(super) struct TraceSignal {
    pub(super) provider: SdkTracerProvider,
    pub(super) sampling: Sampling,
    pub(super) levels: Targets,
    pub(super) queue: Arc<Queue<SpanData>>,
}

/// Log records.
#[derive(Debug)]
pub(super) struct LogSignal {
    pub(super) provider: SdkLoggerProvider,
    pub(super) queue: Arc<Queue<Box<Record>>>,
}

/// What was counted when a flush began.
struct Mark {
    state: Arc<SignalState>,
    exported: u64,
    lost: u64,
    failed: u64,
}

impl Mark {
    fn set(state: &Arc<SignalState>) -> Self {
        Self {
            state: Arc::clone(state),
            exported: state.total_exported(),
            lost: state.total_lost(),
            failed: state.total_failed(),
        }
    }

    /// `abandoned` items are neither exported nor lost, and nobody will take care of them any more.
    fn report(&self, settled: bool, abandoned: u64, deadline: Instant) -> SignalReport {
        let lost = self.state.total_lost() - self.lost + abandoned;
        let whole = settled && lost == 0 && self.state.total_failed() == self.failed;
        SignalReport {
            enabled: true,
            flushed: self.state.total_exported() - self.exported,
            lost,
            lost_in_total: self.state.total_lost() + abandoned,
            timed_out: !settled || (lost > 0 && Instant::now() >= deadline),
            error: if whole { None } else { self.state.failure() },
        }
    }
}

/// A flush or shutdown of the metrics under way.
pub(super) struct MetricRun {
    mark: Option<Mark>,
    run: Option<Run>,
    grace: Duration,
}

impl MetricSignal {
    fn mark(&self) -> Option<Mark> {
        self.push.as_ref().map(|push| Mark::set(&push.state))
    }

    pub(super) fn begin_flush(&self, deadline: Instant) -> MetricRun {
        let mark = self.mark();
        let provider = self.provider.clone();
        // The outcome is in the counts.
        let flush = move || drop(provider.force_flush());
        let run = self.push.as_ref().and_then(|_| self.flushes.start(deadline, flush));
        MetricRun { mark, run, grace: Duration::ZERO }
    }

    pub(super) fn begin_shutdown(&self, deadline: Instant) -> MetricRun {
        let mark = self.mark();
        let provider = self.provider.clone();
        let in_flight = self.push.as_ref().map(|push| {
            push.state.close(deadline);
            Arc::clone(&push.in_flight)
        });
        // Not behind a flush that hangs: the reader itself puts the two in order.
        let run = Background::default().start(deadline, move || {
            drop(provider.shutdown());
            if let Some(in_flight) = in_flight {
                in_flight.wait(deadline + GRACE);
            }
        });
        MetricRun { mark, run, grace: GRACE }
    }
}

impl MetricRun {
    pub(super) fn finish(self, deadline: Instant) -> SignalReport {
        let settled = self.run.is_some_and(|run| run.wait(deadline + self.grace));
        self.mark.map(|mark| mark.report(settled, 0, deadline)).unwrap_or_default()
    }
}

/// A flush or shutdown of a queue under way.
pub(super) struct QueueRun<'a, T> {
    queue: &'a Queue<T>,
    mark: Mark,
    target: u64,
    /// Ends the provider, once its queue has settled.
    end: Option<Box<dyn FnOnce() + 'a>>,
}

impl<T: Send + 'static> QueueRun<'_, T> {
    pub(super) fn finish(self, deadline: Instant) -> SignalReport {
        let Some(end) = self.end else {
            let settled = self.queue.wait_settled(self.target, deadline);
            return self.mark.report(settled, 0, deadline);
        };
        let settled = self.queue.wait_settled(self.target, deadline + GRACE);
        end();
        let abandoned = if settled { 0 } else { self.queue.pending() };
        self.mark.report(settled, abandoned, deadline)
    }
}

impl TraceSignal {
    pub(super) fn begin_flush(&self) -> QueueRun<'_, SpanData> {
        begin_flush(&self.queue)
    }

    pub(super) fn begin_shutdown(&self, deadline: Instant) -> QueueRun<'_, SpanData> {
        begin_shutdown(&self.queue, deadline, || drop(self.provider.shutdown_with_timeout(Duration::ZERO)))
    }
}

impl LogSignal {
    pub(super) fn begin_flush(&self) -> QueueRun<'_, Box<Record>> {
        begin_flush(&self.queue)
    }

    pub(super) fn begin_shutdown(&self, deadline: Instant) -> QueueRun<'_, Box<Record>> {
        begin_shutdown(&self.queue, deadline, || drop(self.provider.shutdown_with_timeout(Duration::ZERO)))
    }
}

fn begin_flush<T: Send + 'static>(queue: &Queue<T>) -> QueueRun<'_, T> {
    let mark = Mark::set(queue.state());
    QueueRun { queue, mark, target: queue.request_flush(), end: None }
}

fn begin_shutdown<'a, T: Send + 'static>(
    queue: &'a Queue<T>,
    deadline: Instant,
    end: impl FnOnce() + 'a,
) -> QueueRun<'a, T> {
    let mark = Mark::set(queue.state());
    QueueRun { queue, mark, target: queue.close(deadline), end: Some(Box::new(end)) }
}
