//! The connections in use and the sizes of databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use telemetry_db::Db;
use telemetry_db::labels::System;

use crate::fixture::{CONNECTIONS, Fixture, SIZE};

#[test]
fn the_connections_of_all_pools_are_summed_as_long_as_they_are_held() {
    let fixture = Fixture::new();
    fixture.assert_no_series(CONNECTIONS, &[]);
    let in_use = Arc::new(AtomicUsize::new(2));
    let read = Arc::clone(&in_use);
    let first = fixture.db.connections(move || read.load(Ordering::Relaxed));
    fixture.assert_gauge(CONNECTIONS, &[], 2.0);
    // Another database, and another entry of the same meter.
    let second = fixture.db.database(System::Sqlite).connections(|| 5);
    let third = Db::new(fixture.meter()).connections(|| 1);
    fixture.assert_gauge(CONNECTIONS, &[], 8.0);
    in_use.store(0, Ordering::Relaxed);
    fixture.assert_gauge(CONNECTIONS, &[], 6.0);
    drop(second);
    fixture.assert_gauge(CONNECTIONS, &[], 1.0);
    drop((first, third));
    fixture.assert_no_series(CONNECTIONS, &[]);
    let _again = fixture.db.connections(|| 4);
    fixture.assert_gauge(CONNECTIONS, &[], 4.0);
}

#[test]
fn what_reads_a_pool_is_dropped_with_its_guard() {
    let fixture = Fixture::new();
    let pool = Arc::new(());
    let held = Arc::clone(&pool);
    let connections = fixture.db.connections(move || Arc::strong_count(&held));
    fixture.assert_gauge(CONNECTIONS, &[], 2.0);
    drop(connections);
    assert_eq!(Arc::strong_count(&pool), 1);
}

#[test]
fn pools_are_counted_on_when_the_entry_that_observed_them_is_gone() {
    let fixture = Fixture::new();
    let db = Db::new(fixture.meter());
    let connections = db.connections(|| 3);
    drop(db);
    fixture.assert_gauge(CONNECTIONS, &[], 3.0);
    drop(connections);
    fixture.assert_no_series(CONNECTIONS, &[]);
}

#[test]
fn a_size_is_there_as_long_as_somebody_tells_it() {
    let fixture = Fixture::new();
    let tasks = fixture.db.size("tasks");
    fixture.assert_no_series(SIZE, &[]);
    tasks.set(4_096);
    let events = fixture.db.size("events");
    assert!(events.read_with(|| Some(1 << 20)));
    assert!(!events.read_with(|| None), "the first one stays");
    fixture.assert_gauge(SIZE, &[("database", "tasks")], 4_096.0);
    fixture.assert_gauge(SIZE, &[("database", "events")], 1_048_576.0);
    tasks.clear();
    fixture.assert_no_series(SIZE, &[("database", "tasks")]);
    drop(events);
    fixture.assert_no_series(SIZE, &[]);
}

#[test]
fn a_size_that_cannot_be_read_is_left_out() {
    let fixture = Fixture::new();
    let tasks = fixture.db.size("tasks");
    tasks.read_with(|| None);
    let events = fixture.db.size("events");
    events.read_with(|| panic!("the file is gone"));
    fixture.assert_no_series(SIZE, &[]);
}
