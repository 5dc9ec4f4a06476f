//! Texts that are deep, long, broken or made up.

use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use telemetry_core::Meter;
use telemetry_db::labels::System;
use telemetry_db::{Database, Db, DbSettings};

use crate::fixture::Fixture;

const SYSTEMS: [System; 6] =
    [System::Sqlite, System::PostgreSql, System::MySql, System::MariaDb, System::SqlServer, System::Other];

fn noop(system: System) -> Database {
    let settings = DbSettings { query_text: true, max_statement_bytes: 1 << 20, ..DbSettings::default() };
    Db::with_settings(&Meter::noop(), settings).expect("sound settings").database(system)
}

/// Texts that get deeper or longer with a number.
fn growing(n: usize) -> Vec<String> {
    let nested = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(n), close.repeat(n));
    vec![
        format!("SELECT {} FROM t", nested("(", "1", ")")),
        format!("SELECT * FROM {}", nested("(SELECT * FROM ", "t", ") x")),
        format!("SELECT * FROM {}", nested("(", "t", ")")),
        format!("SELECT 1 WHERE {} a", "NOT ".repeat(n)),
        format!("SELECT {}1", "- ".repeat(n)),
        format!("SELECT 1{}", " + 1".repeat(n)),
        format!("SELECT 1{}", "::int".repeat(n)),
        format!("SELECT a{}", " IS NULL".repeat(n)),
        format!("SELECT a{}", "[1]".repeat(n)),
        format!("SELECT a{}", ".a".repeat(n)),
        format!("SELECT a, b{}", " UNION SELECT a, b".repeat(n)),
        format!("SELECT 1 WHERE a{}", " AND b = 2 OR c".repeat(n)),
        format!("SELECT {} END", "CASE WHEN 1 THEN ".repeat(n)),
        format!("SELECT {}", nested("f(", "1", ")")),
        format!("SELECT {}", nested("ARRAY[", "1", "]")),
        format!("SELECT CAST(1 AS {})", nested("ARRAY<", "INT", ">")),
        format!("SELECT * FROM a{}", " JOIN b ON a.x = b.x".repeat(n)),
        format!("SELECT * FROM {}", nested("a JOIN (", "b", ")")),
        format!("SELECT * FROM a {}", " JOIN b".repeat(n)),
        format!("WITH {} SELECT * FROM t", vec!["t AS (SELECT * FROM t)"; n].join(", ")),
        format!("{} SELECT 1", "WITH a AS (".repeat(n)),
        format!("{}SELECT 1", "EXPLAIN ".repeat(n)),
        "BEGIN ".repeat(n),
        "SELECT 1;".repeat(n),
        format!("INSERT INTO t VALUES {}", vec!["(1, 'x')"; n].join(", ")),
        format!("SELECT * FROM t WHERE a IN ({})", vec!["1"; n].join(", ")),
        format!("SELECT INTERVAL {} '1' DAY", "INTERVAL ".repeat(n)),
        format!("SELECT EXISTS {}", nested("(SELECT EXISTS ", "(SELECT 1)", ")")),
        "(".repeat(n),
        "SELECT (".repeat(n),
        "/*".repeat(n),
        "'".repeat(2 * n + 1),
        "CASE ".repeat(n),
        "IF a THEN ".repeat(n),
    ]
}

#[test]
fn no_depth_and_no_length_ends_the_program() {
    // As tokio's threads have it.
    let small = thread::Builder::new().stack_size(2 << 20).spawn(|| {
        for system in SYSTEMS {
            let database = noop(system);
            for n in [1, 3, 10, 20, 48, 100, 500, 2_000] {
                for text in growing(n) {
                    database.sql(&text).succeed();
                }
            }
        }
    });
    small.expect("a thread starts").join().expect("it ends by itself");
}

#[test]
fn no_text_takes_long() {
    for system in SYSTEMS {
        let database = noop(system);
        for n in [12, 16, 20, 48, 300, 2_000] {
            for text in growing(n) {
                let begun = Instant::now();
                database.sql(&text).succeed();
                let taken = begun.elapsed();
                assert!(taken < Duration::from_secs(2), "{taken:?}, {system:?}: {}", &text[..text.len().min(80)]);
            }
        }
    }
}

#[test]
fn what_is_beyond_the_bounds_is_unknown_and_what_is_within_is_read() {
    let fixture = Fixture::new();
    let tasks = fixture.db.database(System::PostgreSql);
    let nested = |n| format!("SELECT {}1{} FROM tasks", "(".repeat(n), ")".repeat(n));
    let rows = |n| format!("INSERT INTO tasks VALUES {}", vec!["(1, -2)"; n].join(","));
    let columns = |n| format!("SELECT {} FROM tasks", vec!["a + b"; n].join(", "));
    let conditions = |n| format!("SELECT * FROM tasks WHERE a = 1{}", " AND b = 2".repeat(n));
    for text in [nested(10), rows(1_500), columns(1_000), conditions(200)] {
        fixture.clear();
        tasks.sql(&text).succeed();
        assert_ne!(fixture.spans().iter().next().map(|span| &*span.name), Some("db.other _unknown"), "{}", &text[..60]);
    }
    for text in [nested(17), conditions(300), " ".repeat(65_537), rows(9_000)] {
        fixture.clear();
        tasks.sql(&text).succeed();
        fixture.span("db.other _unknown");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(
        words in prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec![
                    "SELECT", "FROM", "WHERE", "INSERT", "INTO", "VALUES", "UPDATE", "SET", "DELETE", "WITH", "AS", "(", ")",
                    "[", "]", ",", ";", "*", "tasks", "'x'", "\"y\"", "$$z$$", "1", "?", "$1", "UNION", "JOIN", "ON", "--",
                    "/*", "*/", "\n", "CASE", "END", "CREATE", "TABLE", "COPY", "STDIN", "\\.", "E'", "::", "{", "}", "BEGIN",
                ]).prop_map(str::to_owned),
                ".{0,6}",
            ],
            0..24,
        ),
        system in prop::sample::select(SYSTEMS.to_vec()),
    ) {
        noop(system).sql(&words.join(" ")).succeed();
    }
}
