//! The end comes in time, whatever the collector does and wherever it is called from.

use std::thread;
use std::time::{Duration, Instant};

use telemetry_core::{ShutdownReport, Telemetry};
use telemetry_testkit::{OtlpSink, eventually};

use super::fixture::{SOON, done, start, towards, work};

const LIMIT: Duration = Duration::from_millis(700);
/// What the shutdown may take beyond its limit on a busy machine: less than a call that hangs, or the SDK's own limit.
const MARGIN: Duration = Duration::from_secs(3);

/// Where a shutdown is called from.
type Caller = (&'static str, fn(Telemetry, Duration) -> ShutdownReport);

const CALLERS: [Caller; 3] = [
    ("no runtime", |telemetry, limit| telemetry.shutdown_within(limit)),
    ("a current-thread runtime", |telemetry, limit| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move { telemetry.shutdown_within(limit) })
    }),
    ("a multi-thread runtime", |telemetry, limit| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let shut_down = runtime.spawn(async move { telemetry.shutdown_within(limit) });
        runtime.block_on(shut_down).expect("it does not panic")
    }),
];

#[test]
fn with_a_hanging_collector_the_deadline_holds_and_the_report_says_what_was_lost() {
    for (caller, shut_down) in CALLERS {
        let sink = OtlpSink::start();
        let telemetry = start(&sink);
        work(&telemetry, 3);
        assert!(telemetry.flush_within(SOON).is_complete());
        sink.hang(true);
        work(&telemetry, 5);
        let begun = Instant::now();
        let report = shut_down(telemetry, LIMIT);
        let elapsed = begun.elapsed();
        assert!(elapsed < LIMIT + MARGIN, "{caller}: {elapsed:?}");
        assert!(report.timed_out(), "{caller}: {report}");
        assert_eq!((report.traces.lost, report.logs.lost), (5, 5), "{caller}: {report}");
        assert!(report.metrics.lost > 0 && report.metrics.timed_out, "{caller}: {report}");
        assert!(report.traces.error.is_some(), "{caller}: {report}");
    }
}

#[test]
fn with_a_healthy_collector_every_caller_gets_everything_delivered() {
    for (caller, shut_down) in CALLERS {
        let sink = OtlpSink::start();
        let telemetry = start(&sink);
        work(&telemetry, 20);
        let report = shut_down(telemetry, SOON);
        assert!(report.is_complete(), "{caller}: {report}");
        assert_eq!((sink.spans().len(), sink.logs().len()), (20, 20), "{caller}");
    }
}

#[test]
fn a_shutdown_is_over_half_a_second_after_its_limit() {
    // On a busy machine one may be late, and not all five.
    let is_prompt = (0..5).any(|_| {
        let sink = OtlpSink::start();
        let telemetry = start(&sink);
        sink.hang(true);
        work(&telemetry, 4);
        let begun = Instant::now();
        let _lost = telemetry.shutdown_within(LIMIT);
        begun.elapsed() < LIMIT + Duration::from_millis(500)
    });
    assert!(is_prompt);
}

#[test]
fn with_a_dead_collector_the_loss_is_reported() {
    let sink = OtlpSink::start();
    sink.die();
    let telemetry = start(&sink);
    work(&telemetry, 4);
    let begun = Instant::now();
    let report = telemetry.shutdown_within(LIMIT);
    assert!(begun.elapsed() < LIMIT + MARGIN);
    assert_eq!((report.traces.lost, report.logs.lost), (4, 4), "{report}");
    assert!(report.metrics.lost > 0, "{report}");
}

#[test]
fn a_collector_that_comes_back_before_the_deadline_gets_everything() {
    let sink = OtlpSink::start();
    sink.die();
    let telemetry = start(&sink);
    work(&telemetry, 4);
    let report = thread::scope(|scope| {
        let shutdown = scope.spawn(|| telemetry.shutdown_within(SOON));
        sink.revive().expect("the port is still ours");
        shutdown.join().expect("it does not panic")
    });
    assert!(report.is_complete(), "{report}");
    assert_eq!(sink.spans().len(), 4);
}

#[test]
fn dropping_the_guard_flushes_even_in_async_code() {
    for threads in ["current", "multi"] {
        let sink = OtlpSink::start();
        let telemetry = start(&sink);
        work(&telemetry, 6);
        let runtime = match threads {
            "current" => tokio::runtime::Builder::new_current_thread().enable_all().build(),
            _ => tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build(),
        };
        runtime.expect("a runtime").block_on(async move { drop(telemetry) });
        assert_eq!((sink.spans().len(), sink.logs().len()), (6, 6), "{threads}");
    }
}

#[test]
fn a_flush_that_times_out_loses_nothing() {
    let sink = OtlpSink::start();
    let telemetry = start(&sink);
    sink.hang(true);
    work(&telemetry, 8);
    for _ in 0..3 {
        let begun = Instant::now();
        let report = telemetry.flush_within(Duration::from_millis(100));
        assert!(begun.elapsed() < MARGIN, "{:?}", begun.elapsed());
        assert!(report.timed_out(), "{report}");
        assert_eq!((report.lost(), report.traces.flushed), (0, 0), "{report}");
    }
    sink.heal();
    assert!(telemetry.shutdown_within(SOON).is_complete());
    assert_eq!(sink.spans().distinct().len(), 8);
}

#[test]
fn what_is_recorded_after_the_end_goes_nowhere_and_harms_nobody() {
    let sink = OtlpSink::start();
    let telemetry = start(&sink);
    assert!(telemetry.shutdown_within(SOON).is_complete());
    work(&telemetry, 3);
    let report = telemetry.flush_within(SOON);
    assert!(!report.traces.enabled, "a flush after the end reports nothing: {report}");
    assert!(sink.spans().is_empty());
}

#[test]
fn a_shutdown_longer_than_the_sdks_own_limit_waits_for_the_last_metrics() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint())
        .settings(|settings| settings.otlp.call_timeout = Some(SOON))
        .build()
        .expect("the settings are good");
    work(&telemetry, 1);
    sink.hang(true);
    let report = thread::scope(|scope| {
        let shutdown = scope.spawn(|| telemetry.shutdown_within(SOON));
        // The SDK's reader gives up after five seconds.
        let early = eventually("the shutdown gives up too early", || shutdown.is_finished());
        assert!(early.within(Duration::from_secs(6)).try_wait().is_err());
        sink.heal();
        shutdown.join().expect("it does not panic")
    });
    assert!(report.is_complete(), "{report}");
    assert_eq!(done(&sink), 1.0);
}
