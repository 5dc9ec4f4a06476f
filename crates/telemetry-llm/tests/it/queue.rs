//! Usage records on their way into a store that fails, hangs and recovers. Time is paused.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use proptest::prelude::*;
use telemetry_core::Meter;
use telemetry_llm::{
    GivenBack, Llm, LlmError, Overload, PushReason, QueueSettings, StoreError, Usage, UsageQueue, UsageRecord,
    UsageStore,
};
use telemetry_testkit::TestTelemetry;
use tokio::time::{Instant, sleep, timeout};

use crate::fixture::NAMES;

/// What a store does with one batch.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    Store,
    Fail,
    Hang,
    Panic,
    Slow(Duration),
}

/// A store that does as it is told, batch by batch, and stores from then on.
#[derive(Clone, Default)]
struct Store(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    moods: Vec<Mood>,
    /// The number that a record has; those in `invalid` are not accepted.
    invalid: Vec<u64>,
    stored: Vec<Vec<u64>>,
    given_back: Vec<(u64, GivenBack)>,
    calls: Vec<Instant>,
}

impl Store {
    fn of(moods: &[Mood]) -> Self {
        let store = Self::default();
        store.state().moods = moods.iter().rev().copied().collect();
        store
    }

    fn invalid(self, numbers: &[u64]) -> Self {
        self.state().invalid = numbers.to_vec();
        self
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nobody panics while holding it")
    }

    fn stored(&self) -> Vec<u64> {
        self.state().stored.concat()
    }

    fn given_back(&self) -> Vec<(u64, GivenBack)> {
        self.state().given_back.clone()
    }
}

#[async_trait]
impl UsageStore for Store {
    async fn store(&self, records: &[UsageRecord]) -> Result<(), StoreError> {
        let mood = {
            let mut state = self.state();
            state.calls.push(Instant::now());
            state.moods.pop().unwrap_or(Mood::Store)
        };
        match mood {
            Mood::Store => {}
            Mood::Fail => return Err(StoreError::database("the disk is full")),
            Mood::Hang => std::future::pending().await,
            Mood::Panic => panic!("the store's own"),
            Mood::Slow(delay) => sleep(delay).await,
        }
        let mut state = self.state();
        let numbers: Vec<u64> = records.iter().map(number).collect();
        if let Some(number) = numbers.iter().find(|number| state.invalid.contains(number)) {
            return Err(StoreError::Validation(format!("{number} is not valid")));
        }
        state.stored.push(numbers);
        Ok(())
    }

    fn give_back(&self, records: Vec<UsageRecord>, reason: GivenBack) {
        let numbers = records.iter().map(|record| (number(record), reason.clone()));
        self.state().given_back.extend(numbers);
    }
}

/// Records are told apart by their prompt tokens.
fn record(number: u64) -> UsageRecord {
    Llm::new(&Meter::noop()).call("local", "m").start().succeed(Usage::new(number, 0)).record()
}

fn number(record: &UsageRecord) -> u64 {
    record.usage.as_ref().expect("it was given").prompt_tokens()
}

fn start(telemetry: &TestTelemetry, store: &Store, settings: QueueSettings) -> UsageQueue {
    UsageQueue::with_settings(telemetry.meter(), settings, store.clone()).expect("the settings are sound")
}

const LONG: Duration = Duration::from_secs(3600);

#[tokio::test(start_paused = true)]
async fn records_are_stored_in_batches() {
    let (telemetry, store) = (TestTelemetry::new(), Store::default());
    let settings = QueueSettings { batch: 4, linger: Duration::from_secs(2), ..QueueSettings::default() };
    let queue = start(&telemetry, &store, settings);
    for number in 0..10 {
        queue.push(record(number)).await.expect("there is room");
    }
    telemetry.assert_up_down_counter(NAMES.queue_size, &[], 10.0);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(store.state().stored, [vec![0, 1, 2, 3], vec![4, 5, 6, 7]], "the rest waits for more");
    sleep(Duration::from_millis(1_001)).await;
    assert_eq!(store.stored(), (0..10).collect::<Vec<_>>());

    let drained = queue.shutdown(LONG).await;
    assert_eq!((drained.stored, drained.left.len()), (10, 0));
    let metrics = telemetry.metrics();
    metrics.assert_up_down_counter(NAMES.queue_size, &[], 0.0);
    metrics.assert_histogram_count(NAMES.persist, &[("outcome", "success")], 3);
    metrics.assert_absent(NAMES.persist_errors, &[]);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_hangs_panics_and_recovers_stores_each_record_once() {
    let (telemetry, store) = (
        TestTelemetry::new(),
        Store::of(&[Mood::Fail, Mood::Hang, Mood::Panic, Mood::Store, Mood::Fail, Mood::Slow(Duration::from_secs(1))]),
    );
    let settings = QueueSettings { batch: 3, ..QueueSettings::default() };
    let queue = start(&telemetry, &store, settings);
    for number in 0..6 {
        queue.push(record(number)).await.expect("there is room");
    }
    sleep(LONG).await;
    assert_eq!(store.state().stored, [vec![0, 1, 2], vec![3, 4, 5]]);

    let metrics = telemetry.metrics();
    metrics.assert_counter(NAMES.persist_errors, &[("error_type", "db_error")], 3.0);
    metrics.assert_counter(NAMES.persist_errors, &[("error_type", "timeout")], 1.0);
    metrics.assert_histogram_count(NAMES.persist, &[("outcome", "error")], 4);
    metrics.assert_histogram_count(NAMES.persist, &[("outcome", "success")], 2);
    metrics.assert_up_down_counter(NAMES.queue_size, &[], 0.0);
    assert!(queue.shutdown(LONG).await.left.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_pauses_between_attempts_grow_up_to_their_limit() {
    let (telemetry, store) = (TestTelemetry::new(), Store::of(&[Mood::Fail; 12]));
    let settings = QueueSettings {
        linger: Duration::ZERO,
        first_backoff: Duration::from_secs(1),
        longest_backoff: Duration::from_secs(8),
        ..QueueSettings::default()
    };
    let queue = start(&telemetry, &store, settings);
    queue.push(record(1)).await.expect("there is room");
    sleep(LONG).await;
    assert_eq!(store.stored(), [1]);
    let calls = store.state().calls.clone();
    let pauses: Vec<f64> = calls.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect();
    assert_eq!(pauses.len(), 12);
    for (pause, backoff) in pauses.iter().zip([1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0]) {
        // A timer fires up to a millisecond late.
        assert!((backoff / 2.0..backoff + 0.002).contains(pause), "{pauses:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_waits_or_refuses_as_told() {
    for overload in [Overload::Wait, Overload::Refuse] {
        let (telemetry, store) = (TestTelemetry::new(), Store::of(&[Mood::Slow(Duration::from_secs(5))]));
        let settings =
            QueueSettings { capacity: 2, batch: 2, linger: Duration::ZERO, overload, ..QueueSettings::default() };
        let queue = start(&telemetry, &store, settings);
        for number in 0..2 {
            queue.push(record(number)).await.expect("there is room");
        }
        let before = Instant::now();
        let refused = queue.try_push(record(2)).expect_err("there is no room");
        assert_eq!((number(&refused.record), refused.reason), (2, PushReason::Full));
        let third = timeout(LONG, queue.push(record(2))).await.expect("it does not wait for ever");
        match overload {
            Overload::Wait => {
                assert_eq!(third, Ok(()));
                assert_eq!(before.elapsed().as_secs(), 5);
            }
            Overload::Refuse => {
                let refused = third.expect_err("there is no room");
                assert_eq!((number(&refused.record), refused.reason), (2, PushReason::Full));
                assert_eq!(before.elapsed(), Duration::ZERO);
            }
        }
        queue.shutdown(LONG).await;
        let expected: &[u64] = if overload == Overload::Wait { &[0, 1, 2] } else { &[0, 1] };
        assert_eq!(store.stored(), expected);
        telemetry.assert_up_down_counter(NAMES.queue_size, &[], 0.0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_is_not_valid_is_given_back_and_holds_up_no_other() {
    let (telemetry, store) = (TestTelemetry::new(), Store::default().invalid(&[2, 5]));
    let queue = start(&telemetry, &store, QueueSettings::default());
    for number in 0..8 {
        queue.push(record(number)).await.expect("there is room");
    }
    let drained = queue.shutdown(LONG).await;
    assert_eq!((drained.stored, drained.left.len()), (6, 0));
    assert_eq!(store.stored(), [0, 1, 3, 4, 6, 7]);
    let invalid = |number: u64| (number, GivenBack::Invalid(format!("{number} is not valid")));
    assert_eq!(store.given_back(), [invalid(2), invalid(5)]);
    let metrics = telemetry.metrics();
    assert!(metrics.counter(NAMES.persist_errors, &[("error_type", "validation")]) >= 2.0);
    metrics.assert_up_down_counter(NAMES.queue_size, &[], 0.0);
}

#[tokio::test(start_paused = true)]
async fn shutting_down_stores_what_waits_at_once_and_takes_no_more() {
    let (telemetry, store) = (TestTelemetry::new(), Store::default());
    let settings = QueueSettings { linger: Duration::from_secs(60), batch: 2, ..QueueSettings::default() };
    let queue = start(&telemetry, &store, settings);
    for number in 0..5 {
        queue.push(record(number)).await.expect("there is room");
    }
    let before = Instant::now();
    let drained = queue.shutdown(Duration::from_secs(5)).await;
    assert_eq!(before.elapsed(), Duration::ZERO, "nothing is waited for");
    assert_eq!((drained.stored, drained.left.len()), (5, 0));
    let refused = queue.push(record(9)).await.expect_err("it has ended");
    assert_eq!((number(&refused.record), refused.reason), (9, PushReason::Ended));
    assert_eq!(queue.try_push(record(9)).expect_err("it has ended").reason, PushReason::Ended);
    assert_eq!(queue.shutdown(LONG).await.left, [], "a second time there is nothing");
    telemetry.assert_up_down_counter(NAMES.queue_size, &[], 0.0);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_stored_in_time_comes_back() {
    for mood in [Mood::Fail, Mood::Hang, Mood::Slow(LONG)] {
        let (telemetry, store) = (TestTelemetry::new(), Store::of(&[mood; 1_000]));
        let settings = QueueSettings { batch: 2, ..QueueSettings::default() };
        let queue = start(&telemetry, &store, settings);
        for number in 0..5 {
            queue.push(record(number)).await.expect("there is room");
        }
        sleep(Duration::from_secs(60)).await;
        let before = Instant::now();
        let drained = queue.shutdown(Duration::from_secs(3)).await;
        assert!(before.elapsed() <= Duration::from_millis(3_002), "{:?}", before.elapsed());
        assert_eq!(drained.left.iter().map(number).collect::<Vec<_>>(), [0, 1, 2, 3, 4], "{mood:?}");
        assert_eq!((drained.stored, store.stored(), store.given_back()), (0, vec![], vec![]));
        telemetry.assert_up_down_counter(NAMES.queue_size, &[], 0.0);
    }
}

#[tokio::test(start_paused = true)]
async fn shutting_down_tries_again_at_once() {
    let (telemetry, store) = (TestTelemetry::new(), Store::of(&[Mood::Fail]));
    let settings = QueueSettings {
        linger: Duration::ZERO,
        first_backoff: Duration::from_secs(600),
        longest_backoff: Duration::from_secs(600),
        ..QueueSettings::default()
    };
    let queue = start(&telemetry, &store, settings);
    queue.push(record(1)).await.expect("there is room");
    sleep(Duration::from_secs(1)).await;
    let drained = queue.shutdown(Duration::from_secs(5)).await;
    assert_eq!((drained.stored, drained.left.len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_dropped_stores_what_it_has_and_gives_back_the_rest() {
    let (telemetry, store) = (TestTelemetry::new(), Store::default());
    let queue = start(&telemetry, &store, QueueSettings::default());
    queue.push(record(1)).await.expect("there is room");
    drop(queue);
    sleep(Duration::from_secs(10)).await;
    assert_eq!(store.stored(), [1]);

    let store = Store::of(&[Mood::Fail; 1_000]);
    let queue = start(&telemetry, &store, QueueSettings::default());
    queue.push(record(2)).await.expect("there is room");
    drop(queue);
    sleep(Duration::from_secs(10)).await;
    assert_eq!(store.given_back(), [(2, GivenBack::Ended)]);
    telemetry.assert_up_down_counter(NAMES.queue_size, &[], 0.0);
}

#[test]
fn a_runtime_that_ends_loses_nothing() {
    let (telemetry, store) = (TestTelemetry::new(), Store::of(&[Mood::Hang; 10]));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime can be built");
    let queue = runtime.block_on(async {
        let settings = QueueSettings { linger: Duration::ZERO, batch: 2, ..QueueSettings::default() };
        let queue = start(&telemetry, &store, settings);
        for number in 0..5 {
            queue.push(record(number)).await.expect("there is room");
        }
        sleep(Duration::from_secs(1)).await;
        queue
    });
    drop(runtime);
    let expected: Vec<_> = (0..5).map(|number| (number, GivenBack::Ended)).collect();
    assert_eq!(store.given_back(), expected);
    assert_eq!(queue.try_push(record(9)).expect_err("it has ended").reason, PushReason::Ended);
    telemetry.assert_up_down_counter(NAMES.queue_size, &[], 0.0);
}

#[tokio::test(start_paused = true)]
async fn shutting_down_can_be_cut_short_without_loss() {
    let (telemetry, store) = (TestTelemetry::new(), Store::of(&[Mood::Fail; 1_000]));
    let queue = start(&telemetry, &store, QueueSettings::default());
    queue.push(record(1)).await.expect("there is room");
    assert!(timeout(Duration::from_secs(1), queue.shutdown(Duration::from_secs(30))).await.is_err());
    sleep(Duration::from_secs(60)).await;
    assert_eq!(store.given_back(), [(1, GivenBack::Ended)]);
    telemetry.assert_up_down_counter(NAMES.queue_size, &[], 0.0);
}

#[tokio::test]
async fn settings_out_of_range_are_refused_by_name() {
    let second = Duration::from_secs(1);
    let table = [
        ("llm.queue.capacity: 0 is", QueueSettings { capacity: 0, ..QueueSettings::default() }),
        ("llm.queue.batch: 0 is", QueueSettings { batch: 0, ..QueueSettings::default() }),
        (
            "llm.queue.batch: 11 is not accepted; accepted is at most llm.queue.capacity, which is 10",
            QueueSettings { capacity: 10, batch: 11, ..QueueSettings::default() },
        ),
        (
            "llm.queue.store_timeout: 0 s is",
            QueueSettings { store_timeout: Duration::ZERO, ..QueueSettings::default() },
        ),
        (
            "llm.queue.first_backoff: 1 min is not accepted; accepted is at most llm.queue.longest_backoff, which is 1 s",
            QueueSettings { first_backoff: second * 60, longest_backoff: second, ..QueueSettings::default() },
        ),
        ("llm.queue.linger: 48 h is", QueueSettings { linger: second * 2 * 86_400, ..QueueSettings::default() }),
    ];
    for (expected, settings) in table {
        let error = UsageQueue::with_settings(&Meter::noop(), settings, Store::default()).expect_err("out of range");
        assert!(error.to_string().starts_with(expected), "{error}");
    }
}

#[test]
fn a_queue_needs_a_runtime() {
    let error = UsageQueue::start(&Meter::noop(), Store::default());
    assert_eq!(error.expect_err("there is none"), LlmError::NoRuntime);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the store does, whenever the queue ends: what was accepted is stored once or comes back once.
    #[test]
    fn none_vanishes_and_none_is_doubled(
        moods in prop::collection::vec(
            prop_oneof![
                Just(Mood::Store), Just(Mood::Fail), Just(Mood::Hang), Just(Mood::Panic),
                (1_u64..20_000).prop_map(|ms| Mood::Slow(Duration::from_millis(ms))),
            ],
            0..12,
        ),
        pauses in prop::collection::vec(0_u64..3_000, 1..40),
        invalid in prop::collection::vec(0_u64..40, 0..4),
        capacity in 1_usize..12,
        batch in 1_usize..12,
        overload in prop_oneof![Just(Overload::Wait), Just(Overload::Refuse)],
        within in 0_u64..60_000,
        dropped in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let (telemetry, store) = (TestTelemetry::new(), Store::of(&moods).invalid(&invalid));
        let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
        let refused = runtime.expect("a runtime can be built").block_on(async {
            let settings = QueueSettings { capacity, batch: batch.min(capacity), overload, ..QueueSettings::default() };
            let queue = start(&telemetry, &store, settings);
            let mut refused = Vec::new();
            for (index, pause) in pauses.iter().enumerate() {
                sleep(Duration::from_millis(*pause)).await;
                if let Err(error) = queue.push(record(index as u64)).await {
                    refused.push(number(&error.record));
                }
            }
            if dropped {
                drop(queue);
                sleep(LONG).await;
            } else {
                for left in queue.shutdown(Duration::from_millis(within)).await.left {
                    *seen.entry(number(&left)).or_default() += 1;
                }
            }
            refused
        });
        for number in store.stored().into_iter().chain(store.given_back().into_iter().map(|(number, _)| number)).chain(refused) {
            *seen.entry(number).or_default() += 1;
        }
        let expected: BTreeMap<u64, usize> = (0..pauses.len() as u64).map(|number| (number, 1)).collect();
        prop_assert_eq!(seen, expected);
        let size = telemetry.metrics().value(NAMES.queue_size, &[]).unwrap_or_default();
        prop_assert_eq!(size, 0.0);
    }
}
