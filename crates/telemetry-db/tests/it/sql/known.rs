//! Statements are remembered by their texts, within bounds.

use telemetry_db::labels::System;
use telemetry_db::{Database, Db, DbSettings};
use telemetry_testkit::TestTelemetry;

fn database(telemetry: &TestTelemetry, statements: usize, bytes: usize) -> Database {
    let settings = DbSettings {
        max_known_statements: statements,
        max_known_bytes: bytes,
        query_text: true,
        ..DbSettings::default()
    };
    Db::with_settings(telemetry.meter(), settings).expect("sound settings").database(System::Sqlite)
}

/// How many bytes stay after these statements.
fn kept(database: &Database, texts: impl Iterator<Item = String>) -> i64 {
    allocation_counter::measure(|| texts.for_each(|text| database.sql(&text).succeed())).bytes_current
}

/// How many of these statements are read again.
fn read_again(database: &Database, texts: impl Iterator<Item = String>) -> usize {
    texts
        .filter(|text| {
            let allocations = allocation_counter::measure(|| database.sql(text).succeed()).count_total;
            allocations > 0
        })
        .count()
}

fn statement(number: usize) -> String {
    format!("SELECT * FROM tasks WHERE id = {number:09}")
}

#[test]
fn a_statement_that_is_known_is_not_read_again() {
    let telemetry = TestTelemetry::new();
    let database = database(&telemetry, 100, 1 << 20);
    let texts = || (0..40).map(statement);
    assert_eq!(read_again(&database, texts()), 40);
    assert_eq!(read_again(&database, texts()), 0);
    // So is one that cannot be read.
    let broken = || std::iter::once("SELECT FROM WHERE".to_owned());
    assert_eq!(read_again(&database, broken()), 1);
    assert_eq!(read_again(&database, broken()), 0);
}

#[test]
fn databases_of_a_system_share_what_is_known() {
    let telemetry = TestTelemetry::new();
    let db = Db::new(telemetry.meter());
    db.database(System::Sqlite).namespace("tasks").sql(&statement(1)).succeed();
    let events = db.database(System::Sqlite).namespace("events");
    assert_eq!(read_again(&events, std::iter::once(statement(1))), 0);
    assert_eq!(read_again(&db.database(System::MySql), std::iter::once(statement(1))), 1);
}

#[test]
fn what_is_used_stays_while_texts_that_come_once_push_one_another_out() {
    let telemetry = TestTelemetry::new();
    let database = database(&telemetry, 100, 1 << 20);
    database.sql("SELECT * FROM kept").succeed();
    let mut missed = 0;
    for number in 0..5_000 {
        database.sql(&statement(number)).succeed();
        if number % 10 == 0 {
            let again = || std::iter::once("SELECT * FROM kept".to_owned());
            // The first time of each generation it moves, which takes a copy of its text.
            missed += read_again(&database, again());
        }
    }
    assert!(missed <= 5_000 / 50 + 1, "{missed}");
}

#[test]
fn texts_without_end_are_bounded_in_number_and_in_bytes() {
    // Few entries of any size, and any number of entries of few bytes.
    for (statements, bytes, most) in [(100, 64 << 20, 400_000), (1_000_000, 100_000, 400_000)] {
        let telemetry = TestTelemetry::new();
        let database = database(&telemetry, statements, bytes);
        kept(&database, (0..10).map(statement));
        let padded = |number| format!("{} AND title = '{}'", statement(number), "x".repeat(1_000));
        let grown = kept(&database, (0..20_000).map(padded));
        assert!(grown < most, "{grown} bytes with {statements} statements and {bytes} bytes");
    }
}

#[test]
fn a_statement_that_is_too_large_to_be_remembered_is_read_all_the_same() {
    let telemetry = TestTelemetry::new();
    let database = database(&telemetry, 100, 1_024);
    let large = || std::iter::once(format!("{} AND title = '{}'", statement(1), "x".repeat(2_000)));
    assert_eq!(read_again(&database, large()), 1);
    assert_eq!(read_again(&database, large()), 1);
    telemetry.assert_counter("agentpane_db_queries_total", &[("operation", "select"), ("table", "tasks")], 2.0);
}
