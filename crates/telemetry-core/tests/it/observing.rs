//! Observable metrics: live entities, closures, and what goes wrong in them.

use std::collections::BTreeMap;
use std::sync::{Mutex, mpsc};

use telemetry_core::{Counter, Family, Label, MeterSettings, Metrics, ObservableCounter, ObservableGauge, Single};

use telemetry_testkit::eventually;

use crate::memory::Memory;

/// What is measured of one session.
#[derive(Metrics)]
#[metrics(scope = "test", entity(session_id))]
struct SessionMetrics {
    /// Participants
    #[metric(name = "session_participants")]
    participants: ObservableGauge,
}

#[derive(Label, Debug, Clone, Copy)]
#[label(name = "mode")]
enum Mode {
    User,
    System,
}

/// What is measured of the process.
#[derive(Metrics)]
#[metrics(scope = "test", entity())]
struct ProcessMetrics {
    /// CPU time
    #[metric(name = "process_cpu_seconds_total", unit = "s")]
    cpu: ObservableCounter<Mode>,
    /// Starts
    #[metric(name = "starts_total")]
    starts: Counter,
}

/// What is measured of one late thing.
#[derive(Metrics)]
#[metrics(scope = "test", entity(thing))]
struct LateMetrics {
    /// Late things
    #[metric(name = "late_total")]
    late: Counter,
}

#[test]
fn an_ended_entity_leaves_no_series() {
    let memory = Memory::new(MeterSettings::default());
    let sessions = Family::<SessionMetrics>::new(&memory.meter);
    let one = sessions.live("one");
    let two = sessions.live("two");
    let again = sessions.live("one");
    one.participants.set(2.0);
    two.participants.set(5.0);
    let series = memory.series();
    assert_eq!(series[r#"session_participants{session_id="one"}"#], 2.0);
    assert_eq!(series[r#"session_participants{session_id="two"}"#], 5.0);
    drop((one, two));
    assert_eq!(memory.series().into_keys().collect::<Vec<_>>(), [r#"session_participants{session_id="one"}"#]);
    drop(again);
    assert!(memory.series().is_empty());
}

#[test]
fn an_unset_value_is_left_out() {
    let memory = Memory::new(MeterSettings::default());
    let session = Family::<SessionMetrics>::new(&memory.meter).live("s");
    assert!(memory.series().is_empty());
    session.participants.set(1.0);
    session.participants.set(f64::NAN);
    assert!(memory.series().is_empty());
}

#[test]
fn too_many_live_entities_are_left_out_and_counted() {
    let memory = Memory::new(MeterSettings { max_label_values: 2, ..MeterSettings::default() });
    let sessions = Family::<SessionMetrics>::new(&memory.meter);
    let live: Vec<_> = ["a", "b", "c"].map(|id| sessions.live(id)).into();
    live.iter().for_each(|session| session.participants.set(1.0));
    let series = memory.series();
    assert_eq!(series.len(), 3, "{series:?}");
    assert_eq!(series[r#"telemetry_dropped_total{reason="live_entities_full",signal="metrics"}"#], 1.0);
}

#[test]
fn a_closure_is_read_at_each_collection() {
    let memory = Memory::new(MeterSettings::default());
    let process = Single::<ProcessMetrics>::new(&memory.meter);
    assert!(process.cpu.read_with(|report| report(Mode::User, 1.5)));
    assert!(!process.cpu.read_with(|_| {}), "the first closure stays");
    process.starts.add(1);
    let series = memory.series();
    assert_eq!(series[r#"process_cpu_seconds_total{mode="user"}"#], 1.5);
    assert_eq!(series.len(), 2, "{series:?}");
    let _ = Mode::System;
}

#[test]
fn a_panic_in_a_closure_costs_its_own_series_only() {
    let memory = Memory::new(MeterSettings::default());
    let process = Single::<ProcessMetrics>::new(&memory.meter);
    process.cpu.read_with(|_| panic!("on purpose"));
    let session = Family::<SessionMetrics>::new(&memory.meter).live("s");
    session.participants.set(1.0);
    for _ in 0..2 {
        assert_eq!(memory.series()[r#"session_participants{session_id="s"}"#], 1.0);
    }
    let series = memory.series();
    let counted = series[r#"telemetry_dropped_total{reason="callback_panicked",signal="metrics"}"#];
    assert!((2.0..=3.0).contains(&counted), "{series:?}");
    assert!(!series.keys().any(|key| key.starts_with("process_cpu")));
}

#[test]
fn a_closure_that_would_build_an_instrument_does_not_deadlock() {
    let memory = Memory::new(MeterSettings::default());
    let process = Single::<ProcessMetrics>::new(&memory.meter);
    let late = Family::<LateMetrics>::new(&memory.meter);
    process.cpu.read_with({
        let late = late.clone();
        move |report| {
            late.get("x").late.add(1);
            report(Mode::User, 1.0);
        }
    });
    assert_eq!(memory.series()[r#"process_cpu_seconds_total{mode="user"}"#], 1.0);
    late.get("y").late.add(1);
    let series = memory.series();
    assert!(series[r#"telemetry_dropped_total{reason="recorded_in_callback",signal="metrics"}"#] >= 1.0);
    assert_eq!(memory.series()[r#"late_total{thing="y"}"#], 1.0);
}

/// Panics when it is dropped, with another of its kind.
struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        std::panic::panic_any(Self);
    }
}

#[test]
fn a_panic_that_panics_on_its_drop_costs_no_more() {
    let memory = Memory::new(MeterSettings::default());
    let process = Single::<ProcessMetrics>::new(&memory.meter);
    process.cpu.read_with(|report| {
        report(Mode::User, 1.0);
        std::panic::panic_any(PanicsOnDrop);
    });
    process.starts.add(1);
    for _ in 0..2 {
        let series = memory.series();
        assert!(series.keys().any(|key| key.starts_with("starts_total")), "{series:?}");
        assert!(!series.keys().any(|key| key.starts_with("process_cpu")), "{series:?}");
    }
}

#[test]
fn a_closure_that_hangs_is_left_out_until_it_returns() {
    let memory = Memory::new(MeterSettings::default());
    let process = Single::<ProcessMetrics>::new(&memory.meter);
    let sessions = Family::<SessionMetrics>::new(&memory.meter);
    let live: Vec<_> = ["a", "b", "c"].map(|id| sessions.live(id)).into();
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    process.cpu.read_with(|report| report(Mode::User, 1.0));
    live[0].participants.read_with(|report| report((), 1.0));
    live[1].participants.read_with(move |report| {
        let _released = held.lock().map(|held| held.recv());
        report((), 2.0);
    });
    live[2].participants.read_with(|report| report((), 3.0));

    let left = |series: &BTreeMap<String, f64>| {
        let of = |id: &str| series.get(&format!("session_participants{{session_id=\"{id}\"}}")).copied();
        (of("a"), of("b"), of("c"), series.get(r#"process_cpu_seconds_total{mode="user"}"#).copied())
    };
    for _ in 0..3 {
        assert_eq!(left(&memory.series()), (Some(1.0), None, Some(3.0), Some(1.0)));
    }
    let counted = memory.series()[r#"telemetry_dropped_total{reason="callback_hangs",signal="metrics"}"#];
    assert!(counted >= 3.0, "{counted}");
    drop(release);
    eventually("it is read again", || match left(&memory.series()) {
        (Some(1.0), Some(2.0), Some(3.0), Some(1.0)) => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .wait();
}
