//! One signal each: its provider, its queue, and how it is flushed and ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData};

use tracing_subscriber::filter::Targets;

use super::background::run_until;
use super::report::SignalReport;
use crate::export::{GRACE, Item, Push, Queue, Record, SignalState};
use crate::trace::Sampling;

/// Metrics.
#[derive(Debug)]
pub(super) struct MetricSignal {
    pub(super) provider: SdkMeterProvider,
    /// `None` where metrics are only served.
    pub(super) push: Option<Push>,
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
pub(super) struct Mark {
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
        let lost = self.state.total_lost().saturating_sub(self.lost).saturating_add(abandoned);
        let whole = settled && lost == 0 && self.state.total_failed() == self.failed;
        SignalReport {
            enabled: true,
            flushed: self.state.total_exported().saturating_sub(self.exported),
            lost,
            lost_in_total: self.state.total_lost().saturating_add(abandoned),
            timed_out: !settled || (lost > 0 && Instant::now() >= deadline),
            error: if whole { None } else { self.state.failure() },
        }
    }
}

/// A flush or shutdown of the metrics under way.
pub(super) enum MetricRun<'a> {
    /// Nothing is pushed.
    Nothing,
    Flush(&'a Push, Mark, u64),
    Shutdown(&'a Push, Mark),
}

impl MetricSignal {
    pub(super) fn begin_flush(&self) -> MetricRun<'_> {
        let Some(push) = &self.push else { return MetricRun::Nothing };
        let mark = Mark::set(push.state());
        MetricRun::Flush(push, mark, push.request_flush())
    }

    pub(super) fn begin_shutdown(&self, deadline: Instant) -> MetricRun<'_> {
        let Some(push) = &self.push else { return MetricRun::Nothing };
        let mark = Mark::set(push.state());
        push.close(deadline);
        MetricRun::Shutdown(push, mark)
    }

    /// Ends the provider, whose readers wait for a collection that hangs.
    pub(super) fn end(&self, deadline: Instant) {
        let provider = self.provider.clone();
        let _left_behind = run_until(deadline + GRACE, move || drop(provider.shutdown()));
    }
}

impl MetricRun<'_> {
    pub(super) fn finish(self, deadline: Instant) -> SignalReport {
        match self {
            Self::Nothing => SignalReport::default(),
            Self::Flush(push, mark, number) => mark.report(push.wait_done(number, deadline), 0, deadline),
            Self::Shutdown(push, mark) => mark.report(push.wait_ended(deadline + GRACE), 0, deadline),
        }
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

impl<T: Item + Send + 'static> QueueRun<'_, T> {
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

fn begin_flush<T: Item + Send + 'static>(queue: &Queue<T>) -> QueueRun<'_, T> {
    let mark = Mark::set(queue.state());
    QueueRun { queue, mark, target: queue.request_flush(), end: None }
}

fn begin_shutdown<'a, T: Item + Send + 'static>(
    queue: &'a Queue<T>,
    deadline: Instant,
    end: impl FnOnce() + 'a,
) -> QueueRun<'a, T> {
    let mark = Mark::set(queue.state());
    QueueRun { queue, mark, target: queue.close(deadline), end: Some(Box::new(end)) }
}
