//! Stores that block, hang and panic wherever they can: no shutdown waits for them, and no record vanishes.

use std::collections::BTreeMap;
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use telemetry_core::Meter;
use telemetry_llm::{GivenBack, Llm, QueueSettings, StoreError, Usage, UsageQueue, UsageRecord, UsageStore};
use telemetry_testkit::TestTelemetry;
use tokio::runtime::{Builder, Runtime};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::fixture::NAMES;

/// What a store does to those who use it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Does {
    BlockItsThread,
    NeverReturn,
    WakeWithoutEnd,
    PanicInTheFuture,
    PanicInMakingTheFuture,
    PanicWithWhatPanicsWhenDropped,
    PanicWhenTheFutureIsDropped,
    BlockWhenTheFutureIsDropped,
}

impl Does {
    /// Whether it fails at once.
    fn panics(self) -> bool {
        matches!(self, Self::PanicInTheFuture | Self::PanicInMakingTheFuture | Self::PanicWithWhatPanicsWhenDropped)
    }
}

const ALL: [Does; 8] = [
    Does::BlockItsThread,
    Does::NeverReturn,
    Does::WakeWithoutEnd,
    Does::PanicInTheFuture,
    Does::PanicInMakingTheFuture,
    Does::PanicWithWhatPanicsWhenDropped,
    Does::PanicWhenTheFutureIsDropped,
    Does::BlockWhenTheFutureIsDropped,
];

/// Holds up whoever passes, until it is opened.
#[derive(Default)]
struct Gate(Mutex<bool>, Condvar);

impl Gate {
    fn pass(&self) {
        let open = self.0.lock().expect("nobody panics while holding it");
        drop(self.1.wait_while(open, |open| !*open).expect("nobody panics while holding it"));
    }

    fn open(&self) {
        *self.0.lock().expect("nobody panics while holding it") = true;
        self.1.notify_all();
    }
}

/// Opens a gate at the end of a test, however that ends, so that its runtime can end.
struct Opened(Arc<Gate>);

impl Drop for Opened {
    fn drop(&mut self) {
        self.0.open();
    }
}

/// Does one thing so many times, and stores from then on.
#[derive(Clone)]
struct Store {
    does: Does,
    times: usize,
    calls: Arc<AtomicUsize>,
    gate: Arc<Gate>,
    stored: Arc<Mutex<Vec<u64>>>,
    given_back: Arc<Mutex<Vec<u64>>>,
    /// Whether giving back and dropping the store block and panic too.
    to_the_end: bool,
}

impl Store {
    fn new(does: Does, times: usize) -> Self {
        Self {
            does,
            times,
            calls: Arc::default(),
            gate: Arc::default(),
            stored: Arc::default(),
            given_back: Arc::default(),
            to_the_end: false,
        }
    }

    fn opened(&self) -> Opened {
        Opened(Arc::clone(&self.gate))
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    fn stored(&self) -> Vec<u64> {
        self.stored.lock().expect("nobody panics while holding it").clone()
    }
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("when it is dropped");
    }
}

/// A future that is never ready, and does what it does when it is dropped.
struct Unready {
    does: Does,
    gate: Arc<Gate>,
}

impl Future for Unready {
    type Output = Result<(), StoreError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.does {
            Does::BlockItsThread => self.gate.pass(),
            Does::WakeWithoutEnd => context.waker().wake_by_ref(),
            Does::PanicInTheFuture => panic!("in the future"),
            Does::PanicWithWhatPanicsWhenDropped => panic_any(PanicsWhenDropped),
            _ => {}
        }
        Poll::Pending
    }
}

impl Drop for Unready {
    fn drop(&mut self) {
        match self.does {
            Does::PanicWhenTheFutureIsDropped => panic!("when the future is dropped"),
            Does::BlockWhenTheFutureIsDropped => self.gate.pass(),
            _ => {}
        }
    }
}

type Storing<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

impl UsageStore for Store {
    // Written out, so that making the future can fail apart from running it.
    fn store<'a, 'b, 'c>(&'a self, records: &'b [UsageRecord]) -> Storing<'c>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        if self.calls.fetch_add(1, Ordering::SeqCst) >= self.times {
            return Box::pin(async {
                self.stored.lock().expect("nobody panics while holding it").extend(records.iter().map(number));
                Ok(())
            });
        }
        assert!(self.does != Does::PanicInMakingTheFuture, "in making the future");
        Box::pin(Unready { does: self.does, gate: Arc::clone(&self.gate) })
    }

    fn give_back(&self, records: Vec<UsageRecord>, _: GivenBack) {
        self.given_back.lock().expect("nobody panics while holding it").extend(records.iter().map(number));
        if self.to_the_end {
            self.gate.pass();
            panic_any(PanicsWhenDropped);
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // The test has a part in it, and is not to be blocked.
        if self.to_the_end && Arc::strong_count(&self.calls) > 1 {
            self.gate.pass();
            panic!("when the store is dropped");
        }
    }
}

fn record(number: u64) -> UsageRecord {
    Llm::new(&Meter::noop()).call("local", "m").start().succeed(Usage::new(number, 0)).record()
}

fn number(record: &UsageRecord) -> u64 {
    record.usage.as_ref().expect("it was given").prompt_tokens()
}

fn runtimes() -> [Runtime; 2] {
    let [one, more] = [Builder::new_current_thread(), Builder::new_multi_thread()];
    [one, more].map(|mut builder| builder.worker_threads(1).enable_time().build().expect("a runtime can be built"))
}

fn settings() -> QueueSettings {
    QueueSettings {
        linger: Duration::ZERO,
        batch: 2,
        store_timeout: Duration::from_millis(20),
        first_backoff: Duration::from_millis(1),
        longest_backoff: Duration::from_millis(5),
        ..QueueSettings::default()
    }
}

async fn fill(queue: &UsageQueue) {
    for number in 0..5 {
        queue.push(record(number)).await.expect("there is room");
    }
}

const NUMBERS: [u64; 5] = [0, 1, 2, 3, 4];

/// Far less than any of these stores takes, and time for a busy machine.
const WITHIN: Duration = Duration::from_millis(100);
const AT_MOST: Duration = Duration::from_secs(5);

/// Looks again until this holds, from within the runtime, which has to stay free meanwhile.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let look = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(30), look).await.is_ok(), "in 30 s, {what}");
}

#[test]
fn a_shutdown_returns_in_time_with_all_records_whatever_the_store_does() {
    for does in ALL {
        for (runtime, timeout) in runtimes().into_iter().zip([Duration::from_millis(20), Duration::from_secs(3600)]) {
            let (telemetry, store) = (TestTelemetry::new(), Store::new(does, usize::MAX));
            let _opened = store.opened();
            let settings = QueueSettings { store_timeout: timeout, ..settings() };
            let queue =
                runtime.block_on(async { UsageQueue::with_settings(telemetry.meter(), settings, store.clone()) });
            let queue = queue.expect("the settings are sound");
            let (drained, took) = runtime.block_on(async {
                fill(&queue).await;
                while store.calls() == 0 {
                    tokio::task::yield_now().await;
                }
                let begun = Instant::now();
                (queue.shutdown(WITHIN).await, begun.elapsed())
            });
            assert!(took < AT_MOST, "{does:?} took {took:?}");
            assert_eq!(drained.left.iter().map(number).collect::<Vec<_>>(), NUMBERS, "{does:?}");
            assert_eq!(drained.stored, 0, "{does:?}");
            telemetry.assert_up_down_counter(NAMES.queue_size, &[], 0.0);
        }
    }
}

#[test]
fn the_work_goes_on_after_a_store_that_did_it_twice() {
    for does in ALL {
        for runtime in runtimes() {
            let (telemetry, store) = (TestTelemetry::new(), Store::new(does, 2));
            let _opened = store.opened();
            let drained = runtime.block_on(async {
                let store_timeout = if does.panics() { AT_MOST * 10 } else { settings().store_timeout };
                let settings = QueueSettings { store_timeout, ..settings() };
                let queue = UsageQueue::with_settings(telemetry.meter(), settings, store.clone());
                let queue = queue.expect("the settings are sound");
                fill(&queue).await;
                // Each failure counts; while a store blocks, so does each attempt that it leaves no room for.
                until("two attempts fail", || telemetry.metrics().total(NAMES.persist_errors, &[]) >= 2.0).await;
                store.gate.open();
                queue.shutdown(Duration::from_secs(30)).await
            });
            assert_eq!((drained.stored, drained.left.len()), (5, 0), "{does:?}");
            if does.panics() {
                telemetry.assert_counter(NAMES.persist_errors, &[("error_type", "db_error")], 2.0);
                telemetry.assert_total(NAMES.persist_errors, &[], 2.0);
            }
            let mut stored = store.stored();
            stored.dedup();
            assert_eq!(stored, NUMBERS, "{does:?}");
            telemetry.assert_up_down_counter(NAMES.queue_size, &[], 0.0);
        }
    }
}

#[test]
fn a_store_that_blocks_holds_one_thread() {
    for runtime in runtimes() {
        let (telemetry, store) = (TestTelemetry::new(), Store::new(Does::BlockItsThread, usize::MAX));
        let _opened = store.opened();
        runtime.block_on(async {
            let queue = UsageQueue::with_settings(telemetry.meter(), settings(), store.clone());
            let queue = queue.expect("the settings are sound");
            fill(&queue).await;
            let timeouts = || telemetry.metrics().total(NAMES.persist_errors, &[("error_type", "timeout")]);
            until("five attempts take too long", || timeouts() >= 5.0).await;
            assert_eq!(store.calls(), 1);
            queue.shutdown(WITHIN).await;
        });
    }
}

#[test]
fn neither_giving_back_nor_the_end_of_the_store_holds_up_anybody() {
    for runtime in runtimes() {
        let telemetry = TestTelemetry::new();
        let mut store = Store::new(Does::NeverReturn, usize::MAX);
        store.to_the_end = true;
        let _opened = store.opened();
        let given_back = Arc::clone(&store.given_back);
        let _part = Arc::clone(&store.calls);
        let took = runtime.block_on(async {
            let settings = QueueSettings { drain_on_drop: WITHIN, ..settings() };
            let queue = UsageQueue::with_settings(telemetry.meter(), settings, store).expect("they are sound");
            fill(&queue).await;
            drop(queue);
            let come_back = || given_back.lock().expect("nobody panics while holding it").len();
            until("all records come back", || come_back() >= 5).await;
            // The runtime is free although the store blocks.
            let begun = Instant::now();
            tokio::time::sleep(Duration::from_millis(10)).await;
            begun.elapsed()
        });
        assert!(took < AT_MOST, "{took:?}");
        assert_eq!(*given_back.lock().expect("nobody panics while holding it"), NUMBERS);
    }
}

/// Panics over what the queue says, so many times.
struct Layer(AtomicUsize);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Layer {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        if event.metadata().target() == "telemetry" {
            let left = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            assert!(left.is_err(), "of the layer");
        }
    }
}

#[test]
fn a_layer_that_panics_over_what_the_queue_says_ends_nothing() {
    let (telemetry, store) = (TestTelemetry::new(), Store::new(Does::PanicInTheFuture, 3));
    let subscriber = tracing_subscriber::registry().with(Layer(AtomicUsize::new(4)));
    let [runtime, _] = runtimes();
    let drained = tracing::subscriber::with_default(subscriber, || {
        runtime.block_on(async {
            let queue = UsageQueue::with_settings(telemetry.meter(), settings(), store.clone());
            let queue = queue.expect("the settings are sound");
            fill(&queue).await;
            queue.shutdown(Duration::from_secs(30)).await
        })
    });
    assert_eq!((drained.stored, drained.left.len()), (5, 0));
    assert_eq!(store.stored(), NUMBERS);
    // Three failures of the store, and those of the layer that ended what was under way.
    let errors = telemetry.metrics().total(NAMES.persist_errors, &[]);
    assert!(errors > 3.0, "{errors}");
}

#[tokio::test]
async fn a_shutdown_without_end_is_one_that_is_long() {
    let store = Store::new(Does::NeverReturn, 0);
    let queue = UsageQueue::with_settings(&Meter::noop(), settings(), store.clone()).expect("they are sound");
    fill(&queue).await;
    assert_eq!(queue.shutdown(Duration::MAX).await.left, []);
    let mut counts = BTreeMap::new();
    store.stored().into_iter().for_each(|number| *counts.entry(number).or_insert(0) += 1);
    assert_eq!(counts, NUMBERS.map(|number| (number, 1)).into());
}
