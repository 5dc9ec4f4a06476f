//! First values count: a series says since when it counts, and that is before its first value.

use std::time::SystemTime;

use opentelemetry_sdk::metrics::Temporality;
use telemetry_core::{Counter, Family, Gauge, Histogram, Metrics, UpDownCounter};
use telemetry_testkit::{MetricPoint, OtlpSink};

use super::fixture::{SOON, towards};

/// What is measured of a task.
#[derive(Metrics)]
#[metrics(scope = "test", entity(task))]
struct Tasks {
    /// Turns of tasks
    #[metric(name = "task_turns_total")]
    turns: Counter,
    /// What tasks cost
    #[metric(name = "task_cost_usd_total")]
    cost: Counter<(), f64>,
    /// Latency of tasks
    #[metric(name = "task_seconds", unit = "s", buckets = [1.0])]
    seconds: Histogram,
    /// Tasks that wait
    #[metric(name = "tasks_waiting")]
    waiting: UpDownCounter,
    /// How full the context is
    #[metric(name = "task_fullness")]
    fullness: Gauge,
}

const COUNTING: [&str; 4] = ["task_turns_total", "task_cost_usd_total", "task_seconds", "tasks_waiting"];

fn work(tasks: &Family<Tasks>, task: &str) {
    let task = tasks.get(task);
    task.turns.add(7);
    task.cost.add(500.0);
    task.seconds.record(0.5);
    task.waiting.add(1);
    task.fullness.set(0.5);
}

fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).expect("the clock is set");
    u64::try_from(since.as_nanos()).expect("it is not yet 2554")
}

/// The points of a series in the order in which they came.
fn points(sink: &OtlpSink, name: &str, task: &str) -> Vec<MetricPoint> {
    let metrics = sink.metrics();
    let of_series = |point: &&MetricPoint| point.name == name && point.attributes["task"] == task;
    metrics.iter().filter(of_series).cloned().collect()
}

#[test]
fn a_series_starts_with_the_export_before_its_first_and_stays_so() {
    let sink = OtlpSink::start();
    let before = nanos(SystemTime::now());
    let telemetry = towards(sink.endpoint()).build().expect("the settings are good");
    let built = nanos(SystemTime::now());
    let tasks = Family::<Tasks>::new(telemetry.meter());
    for task in ["early", "late", "latest"] {
        work(&tasks, task);
        assert!(telemetry.flush_within(SOON).is_complete());
    }
    assert!(telemetry.shutdown_within(SOON).is_complete());
    for name in COUNTING {
        let early = points(&sink, name, "early");
        assert_eq!(early.len(), 4, "{name}");
        let begun = early[0].start_unix_nanos;
        // A first export within a millisecond has its start a millisecond before it.
        assert!(
            (before - 1_000_000..=built).contains(&begun),
            "{name} began at {begun}, the telemetry in {before}..{built}"
        );
        let mut earlier = early[0].time_unix_nanos;
        for task in ["late", "latest"] {
            let found = points(&sink, name, task);
            let (start, time) = (found[0].start_unix_nanos, found[0].time_unix_nanos);
            assert!(start > begun && start < time, "{name} of {task} counts since {start}, first told at {time}");
            // Prometheus knows milliseconds alone.
            assert!(start / 1_000_000 < time / 1_000_000, "{name} of {task}: {start}, {time}");
            assert!(start + 1_000_000 >= earlier, "{name} of {task}: {start}, and {earlier} the export before");
            earlier = time;
        }
        for task in ["early", "late"] {
            let found = points(&sink, name, task);
            let same = found.iter().all(|point| point.start_unix_nanos == found[0].start_unix_nanos);
            assert!(same, "{name} of {task}: {found:?}");
        }
    }
}

#[test]
fn what_is_told_once_at_the_end_started_before() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).build().expect("the settings are good");
    work(&Family::new(telemetry.meter()), "only");
    assert!(telemetry.shutdown_within(SOON).is_complete());
    for name in COUNTING {
        let points = points(&sink, name, "only");
        let [point] = &*points else { panic!("{name}: {points:?}") };
        assert!(point.start_unix_nanos / 1_000_000 < point.time_unix_nanos / 1_000_000, "{point:?}");
    }
}

#[test]
fn a_gauge_has_no_start_from_which_it_would_be_zero() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).build().expect("the settings are good");
    work(&Family::new(telemetry.meter()), "a");
    assert!(telemetry.shutdown_within(SOON).is_complete());
    assert_eq!(points(&sink, "task_fullness", "a")[0].start_unix_nanos, 0);
}

#[test]
fn intervals_follow_each_other() {
    let sink = OtlpSink::start();
    let builder = towards(sink.endpoint());
    let telemetry = builder.settings(|settings| settings.metrics.temporality = Some(Temporality::Delta)).build();
    let telemetry = telemetry.expect("the settings are good");
    let tasks = Family::<Tasks>::new(telemetry.meter());
    for _ in 0..3 {
        work(&tasks, "a");
        assert!(telemetry.flush_within(SOON).is_complete());
    }
    for name in &COUNTING[..3] {
        let points = points(&sink, name, "a");
        for pair in points.windows(2) {
            assert!(pair[1].start_unix_nanos >= pair[0].time_unix_nanos, "{name}: {points:?}");
        }
    }
}
