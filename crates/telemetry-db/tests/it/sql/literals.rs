//! The text of a statement on a span, without its literals.

use telemetry_db::DbSettings;
use telemetry_db::labels::System;

use crate::fixture::{Fixture, StandingClock};

fn with_text() -> Fixture {
    Fixture::with(DbSettings { query_text: true, ..DbSettings::default() })
}

fn text_of(system: System, text: &str) -> Option<String> {
    let fixture = with_text();
    fixture.db.database(system).sql(text).succeed();
    let spans = fixture.spans();
    spans.iter().next().expect("a query has a span").attribute("db.query.text").map(str::to_owned)
}

#[test]
fn it_is_off_unless_it_is_asked_for() {
    let fixture = Fixture::new();
    fixture.db.sql("SELECT * FROM tasks").succeed();
    fixture.span("db.select tasks").assert_no_attribute("db.query.text");
}

#[test]
fn values_are_question_marks_and_lists_of_them_one() {
    for (text, expected) in [
        ("SELECT * FROM tasks WHERE id = 7 AND name = 'x'", "SELECT * FROM tasks WHERE id = ? AND name = ?"),
        ("select  a,\n\tb from t -- a comment\n where x=1.5e3", "select a, b from t where x=?"),
        ("SELECT /* of 'whom' */ a FROM t", "SELECT a FROM t"),
        ("SELECT * FROM t WHERE id IN (1, 2, 3)", "SELECT * FROM t WHERE id IN (?)"),
        ("SELECT * FROM t WHERE id IN (?, ?,?)", "SELECT * FROM t WHERE id IN (?)"),
        ("INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y'), (3, 'z')", "INSERT INTO t (a, b) VALUES (?)"),
        ("UPDATE t SET a = 1, b = 2 WHERE c = -3", "UPDATE t SET a = ?, b = ? WHERE c = -?"),
        ("SELECT a FROM t WHERE b IS NULL AND c = TRUE", "SELECT a FROM t WHERE b IS NULL AND c = TRUE"),
        ("SELECT x'00ff' FROM t LIMIT 10", "SELECT ? FROM t LIMIT ?"),
    ] {
        assert_eq!(text_of(System::Sqlite, text).as_deref(), Some(expected), "{text}");
    }
    let text = "SELECT a::text FROM t WHERE b = $1 AND c = $$it's$$ AND d = E'\\'x' AND e = $q$y$q$";
    assert_eq!(
        text_of(System::PostgreSql, text).as_deref(),
        Some("SELECT a::text FROM t WHERE b = $1 AND c = ? AND d = ? AND e = ?")
    );
}

#[test]
fn double_quotes_are_values_wherever_they_may_be() {
    let text = "SELECT \"id\" FROM \"tasks\" WHERE \"tasks\".\"state\" = \"done\"";
    assert_eq!(text_of(System::PostgreSql, text).as_deref(), Some(text));
    let expected = "SELECT ? FROM \"tasks\" WHERE \"tasks\".\"state\" = ?";
    assert_eq!(text_of(System::Sqlite, text).as_deref(), Some(expected));
    assert_eq!(text_of(System::Other, text).as_deref(), Some(expected));
    let text = "SELECT `id` FROM tasks WHERE state = \"done\"";
    assert_eq!(text_of(System::MySql, text).as_deref(), Some("SELECT `id` FROM tasks WHERE state = ?"));
}

#[test]
fn where_a_value_may_end_elsewhere_there_is_no_text() {
    let text = "SELECT 'it\\' FROM tasks WHERE name = ' or more'";
    assert_eq!(text_of(System::Other, text), None);
    assert_eq!(text_of(System::Sqlite, text).as_deref(), Some("SELECT ? FROM tasks WHERE name = ?"));
}

#[test]
fn no_literal_of_any_kind_is_on_a_span_or_in_a_log() {
    const CANARY: &str = "canary8371";
    let literals = [
        (System::Sqlite, "'canary8371'"),
        (System::Sqlite, "\"canary8371\""),
        (System::Sqlite, "'it''s canary8371'"),
        (System::PostgreSql, "'canary8371'"),
        (System::PostgreSql, "E'\\'canary8371'"),
        (System::PostgreSql, "U&'canary8371'"),
        (System::PostgreSql, "N'canary8371'"),
        (System::PostgreSql, "$$canary8371$$"),
        (System::PostgreSql, "$t$ canary8371 $t$"),
        (System::PostgreSql, "DATE 'canary8371'"),
        (System::PostgreSql, "INTERVAL 'canary8371'"),
        (System::MySql, "\"canary8371\""),
        (System::MySql, "'\\'canary8371'"),
        (System::MySql, "_utf8'canary8371'"),
        (System::SqlServer, "N'canary8371'"),
        (System::Other, "'canary8371'"),
        (System::Other, "\"canary8371\""),
        (System::Other, "1 /* canary8371 */"),
        (System::Other, "1 -- canary8371\n"),
        // Those of other systems, which are read as whatever they are, or not at all.
        (System::Sqlite, "'\\'canary8371'"),
        (System::Sqlite, "$$canary8371$$"),
        (System::Other, "E'\\'canary8371'"),
    ];
    for (system, literal) in literals {
        for text in [
            format!("SELECT * FROM tasks WHERE name = {literal} AND x = 1"),
            format!("UPDATE tasks SET name = {literal}"),
            format!("INSERT INTO tasks VALUES ({literal}, {literal})"),
            format!("SELECT f(a, {literal}) FROM tasks"),
        ] {
            let clock = StandingClock::new();
            let fixture = with_text();
            let query = fixture.db.database(system).sql(&text);
            clock.forward(std::time::Duration::from_secs(2));
            query.fail_with_code("1");
            fixture.log("slow database query");
            assert!(!fixture.contains_bytes(CANARY), "{system:?}: {text}\n{}", fixture.dump());
        }
    }
}

#[test]
fn the_log_of_slow_queries_has_it_too() {
    let clock = StandingClock::new();
    let fixture = with_text();
    let query = fixture.db.sql("SELECT * FROM tasks WHERE id = 7");
    clock.forward(std::time::Duration::from_secs(2));
    query.succeed();
    fixture.log("slow database query").assert_attribute("db.query.text", "SELECT * FROM tasks WHERE id = ?");
}

#[test]
fn a_long_text_is_cut() {
    let columns: Vec<String> = (0..900).map(|number| format!("column_{number}")).collect();
    let text = text_of(System::Sqlite, &format!("SELECT {} FROM tasks", columns.join(", "))).expect("it can be read");
    assert!(text.len() <= 1_024 && text.ends_with('…'), "{text}");
}
