//! All that a sink received.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::received::{LogSet, MetricSet, SpanSet};

/// Which of the three OTLP services was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OtlpSignal {
    /// The metrics service.
    Metrics,
    /// The trace service.
    Traces,
    /// The logs service.
    Logs,
}

/// One accepted request.
#[derive(Debug, Clone)]
pub struct SinkRequest {
    /// The service called.
    pub signal: OtlpSignal,
    /// The gRPC metadata (headers) of the call; names are in lower case, binary values in base64.
    pub headers: BTreeMap<String, String>,
    /// The message, serialized (decompressed).
    pub bytes: Vec<u8>,
    /// When it was accepted.
    pub at: Instant,
}

/// How many calls the sink answered, and how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestCounts {
    /// Accepted by the metrics service.
    pub metrics: u64,
    /// Accepted by the trace service.
    pub traces: u64,
    /// Accepted by the logs service.
    pub logs: u64,
    /// Answered with an error, on command or because the message was too large.
    pub refused: u64,
    /// Calls that had to wait because the sink hung.
    pub hung: u64,
}

impl RequestCounts {
    /// All accepted calls.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.metrics + self.traces + self.logs
    }
}

/// All that the sink received.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) requests: Vec<SinkRequest>,
    pub(super) metrics: MetricSet,
    pub(super) spans: SpanSet,
    pub(super) logs: LogSet,
    pub(super) counts: RequestCounts,
    generation: u64,
}

/// The contents, and a signal to those who wait for more.
#[derive(Debug, Default)]
pub(super) struct Store {
    contents: Mutex<Contents>,
    changed: Condvar,
}

impl Store {
    pub(super) fn read<T>(&self, read: impl FnOnce(&Contents) -> T) -> T {
        read(&self.lock())
    }

    pub(super) fn write(&self, write: impl FnOnce(&mut Contents)) {
        let mut contents = self.lock();
        write(&mut contents);
        contents.generation += 1;
        drop(contents);
        self.changed.notify_all();
    }

    pub(super) fn clear(&self) {
        self.write(|contents| *contents = Contents { generation: contents.generation, ..Contents::default() });
    }

    pub(super) fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// Waits for a change after `seen`; whether one came before the deadline.
    pub(super) fn wait_past(&self, seen: u64, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        let (_contents, timeout) = self
            .changed
            .wait_timeout_while(self.lock(), left, |contents| contents.generation == seen)
            .unwrap_or_else(PoisonError::into_inner);
        !timeout.timed_out()
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
