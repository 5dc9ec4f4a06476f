//! The push of metrics: collected and exported at an interval, on a thread of its own.

use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{InstrumentKind, ManualReader, Pipeline, Temporality};
use tokio::sync::watch;
use tokio::time::timeout;

use super::batch::{FLUSH_LIMIT, GRACE};
use super::metrics::MetricExporter;
use super::process::Owner;
use super::state::SignalState;
use crate::contained::contained;
use crate::readable;

/// How long a collection may take before it is said that it hangs: a callback that the application gave to the SDK does
/// not return.
const COLLECTION_LIMIT: Duration = Duration::from_secs(10);

/// The thread that exports metrics, as whoever flushes and ends it sees it.
#[derive(Debug, Clone)]
pub(crate) struct Push {
    orders: Arc<Orders>,
    state: Arc<SignalState>,
    owner: Owner,
}

/// What the thread is told to do, and how far it is.
#[derive(Debug, Default)]
struct Orders {
    given: Mutex<Given>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Given {
    /// How many exports were asked for, and how many of these are done.
    wanted: u64,
    done: u64,
    closing: bool,
    /// Whether there is nothing left to collect from.
    abandoned: bool,
    ended: bool,
}

impl Push {
    /// Starts the thread; the reader goes to the provider whose metrics it exports.
    pub(crate) fn start(exporter: MetricExporter, interval: Duration) -> io::Result<(Self, PushReader)> {
        let reader = Arc::new(ManualReader::builder().with_temporality(exporter.temporality()).build());
        let state = Arc::clone(exporter.state());
        let push = Self { orders: Arc::default(), state: Arc::clone(&state), owner: Owner::this_process() };
        let collecting = watch::Sender::new(false);
        exporter.runtime().spawn(watch_collections(collecting.subscribe(), Arc::clone(&state)));
        let source = Arc::clone(&reader);
        let orders = Arc::clone(&push.orders);
        thread::Builder::new().name("telemetry-metrics".to_owned()).spawn(move || {
            // What the export path itself would log or trace is not telemetry of the application.
            let _suppressed = Context::enter_telemetry_suppressed_scope();
            orders.follow(interval, || export(&source, &exporter, &collecting));
        })?;
        Ok((push.clone(), PushReader { reader, push }))
    }

    pub(crate) fn state(&self) -> &Arc<SignalState> {
        &self.state
    }

    /// Asks for an export at once; returns the number to wait for.
    pub(crate) fn request_flush(&self) -> u64 {
        self.orders.change(|given| {
            given.wanted += 1;
            given.wanted
        })
    }

    /// Asks for a last export, until `deadline`.
    pub(crate) fn close(&self, deadline: Instant) {
        self.state.close(deadline);
        self.orders.change(|given| given.closing = true);
    }

    /// Blocks until the export of that number is done; false if that takes longer than `until`.
    pub(crate) fn wait_done(&self, number: u64, until: Instant) -> bool {
        self.orders.wait(until, |given| given.done >= number || given.ended)
    }

    /// Blocks until the last export is done; false if that takes longer than `until`.
    pub(crate) fn wait_ended(&self, until: Instant) -> bool {
        self.orders.wait(until, |given| given.ended)
    }
}

impl Orders {
    fn given(&self) -> MutexGuard<'_, Given> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Given) -> T) -> T {
        let changed = change(&mut self.given());
        self.changed.notify_all();
        changed
    }

    /// Blocks until then, or until this holds; whether it does.
    fn wait(&self, until: Instant, holds: impl Fn(&Given) -> bool) -> bool {
        let limit = until.saturating_duration_since(Instant::now());
        let waited = self.changed.wait_timeout_while(self.given(), limit, |given| !holds(given));
        let (given, _timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        holds(&given)
    }

    /// Exports at each interval and whenever it is asked for, and a last time when it is to end.
    fn follow(&self, interval: Duration, export: impl Fn()) {
        let mut next = Instant::now() + interval;
        let mut ended = false;
        while !ended {
            let asked = self.wait(next, |given| given.abandoned || given.closing || given.wanted > given.done);
            if !asked {
                next = Instant::now() + interval;
            }
            let (wanted, closing, abandoned) = {
                let given = self.given();
                (given.wanted, given.closing, given.abandoned)
            };
            if abandoned {
                return;
            }
            export();
            ended = closing;
            self.change(|given| {
                given.done = wanted;
                given.ended = closing;
            });
        }
    }
}

/// Collects and exports once. A panic in it, of a callback that the application gave to the SDK, loses this export alone.
fn export(reader: &ManualReader, exporter: &MetricExporter, collecting: &watch::Sender<bool>) {
    collecting.send_replace(true);
    let exported = contained(|| {
        let mut metrics = ResourceMetrics::default();
        let collected = reader.collect(&mut metrics);
        collecting.send_replace(false);
        match collected {
            Ok(()) => {
                exporter.export(&metrics);
                Ok(())
            }
            Err(error) => Err(error.to_string()),
        }
    });
    collecting.send_replace(false);
    let reason = match exported {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error,
        Err(panicked) => panicked.to_string(),
    };
    exporter.state().attempt_failed(&format!("the metrics cannot be collected: {}", readable(reason)));
    exporter.state().export_failed();
}

/// Says so when a collection hangs. Nothing else would: there is no export that could fail.
async fn watch_collections(mut collecting: watch::Receiver<bool>, state: Arc<SignalState>) {
    while collecting.wait_for(|collecting| *collecting).await.is_ok() {
        let ends = |collecting: &bool| !*collecting;
        if timeout(COLLECTION_LIMIT, collecting.wait_for(ends)).await.is_err() {
            let reason = "the metrics cannot be collected: the callback of an observable instrument does not return";
            state.attempt_failed(reason);
            state.export_failed();
            if collecting.wait_for(ends).await.is_err() {
                return;
            }
        }
    }
}

/// What the provider of the metrics holds of their push.
///
/// The SDK's own periodic reader does not say when its thread cannot be started, ends for good at the first panic of a
/// callback, and waits five seconds for the last export whatever the limit is.
pub(crate) struct PushReader {
    reader: Arc<ManualReader>,
    push: Push,
}

impl PushReader {
    fn within(&self, limit: Duration, wait: impl FnOnce(Instant) -> bool) -> OTelSdkResult {
        if !self.push.owner.is_this_process() {
            return Ok(());
        }
        if wait(Instant::now() + limit) { Ok(()) } else { Err(OTelSdkError::Timeout(limit)) }
    }
}

impl MetricReader for PushReader {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.reader.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.reader.collect(metrics)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.within(FLUSH_LIMIT, |until| self.push.wait_done(self.push.request_flush(), until))
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.within(timeout, |until| {
            self.push.close(until);
            self.push.wait_ended(until + GRACE)
        })
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.reader.temporality(kind)
    }
}

impl Drop for PushReader {
    fn drop(&mut self) {
        self.push.orders.change(|given| given.abandoned = true);
    }
}

impl fmt::Debug for PushReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushReader").field("push", &self.push).finish_non_exhaustive()
    }
}
