//! Operation and table, from the text.

use telemetry_db::labels::System;
use telemetry_testkit::SpanEntry;

use crate::fixture::Fixture;

/// The span of a statement.
fn span(system: System, text: &str) -> SpanEntry {
    let fixture = Fixture::new();
    fixture.db.database(system).sql(text).succeed();
    let spans = fixture.spans();
    let span = spans.iter().next().expect("a query has a span").clone();
    let (operation, table) =
        (span.attribute("operation").expect("it has one"), span.attribute("table").expect("it has one"));
    fixture.assert_queries(operation, table, 1);
    span
}

#[track_caller]
fn assert_reads(system: System, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(span(system, text).name, *expected, "{system:?}: {text}");
    }
}

#[test]
fn the_main_table_is_what_a_statement_is_about() {
    let cases = [
        ("SELECT * FROM tasks", "db.select tasks"),
        ("select id from tasks where id = 7", "db.select tasks"),
        ("  \n-- why\nSELECT 1 FROM tasks; ", "db.select tasks"),
        ("SELECT count(*) FROM \"tasks\" AS t", "db.select tasks"),
        ("SELECT * FROM main.tasks", "db.select main.tasks"),
        ("SELECT * FROM a JOIN b ON a.id = b.id LEFT JOIN c ON c.id = a.id", "db.select a"),
        ("SELECT * FROM a, b", "db.select a"),
        ("SELECT * FROM (SELECT * FROM inner_table WHERE x = 1) AS t", "db.select inner_table"),
        ("SELECT * FROM ((SELECT * FROM x))", "db.select x"),
        ("SELECT * FROM a WHERE id IN (SELECT id FROM b)", "db.select a"),
        ("SELECT a FROM x UNION ALL SELECT a FROM y UNION SELECT a FROM z", "db.select x"),
        ("SELECT 1", "db.select _none"),
        ("VALUES (1), (2)", "db.select _none"),
        ("INSERT INTO tasks (id, title) VALUES (1, 'a')", "db.insert tasks"),
        ("INSERT INTO tasks SELECT * FROM old_tasks", "db.insert tasks"),
        ("INSERT INTO tasks (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET title = 'x'", "db.insert tasks"),
        ("UPDATE tasks SET state = 'done' WHERE id = 7", "db.update tasks"),
        ("DELETE FROM tasks WHERE id = 7", "db.delete tasks"),
        ("CREATE TABLE tasks (id INTEGER PRIMARY KEY, title TEXT NOT NULL)", "db.other tasks"),
        ("CREATE INDEX tasks_by_state ON tasks (state)", "db.other tasks"),
        ("ALTER TABLE tasks ADD COLUMN priority INTEGER", "db.other tasks"),
        ("DROP TABLE tasks", "db.other tasks"),
        ("BEGIN", "db.other _none"),
        ("COMMIT", "db.other _none"),
        ("ROLLBACK", "db.other _none"),
    ];
    for system in [System::Sqlite, System::PostgreSql, System::Other] {
        assert_reads(system, &cases);
    }
}

#[test]
fn a_name_that_stands_for_a_query_is_what_that_is_about() {
    let cases = [
        ("WITH open AS (SELECT * FROM tasks) SELECT * FROM open", "db.select tasks"),
        ("WITH a AS (SELECT 1 FROM x), b AS (SELECT * FROM a) SELECT * FROM b", "db.select x"),
        (
            "WITH RECURSIVE t AS (SELECT id FROM nodes UNION ALL SELECT n.id FROM nodes n JOIN t ON t.id = n.up) SELECT * FROM t",
            "db.select nodes",
        ),
        ("WITH RECURSIVE n AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT * FROM n", "db.select _none"),
        // A name within its own query is what was there before.
        ("WITH tasks AS (SELECT * FROM tasks WHERE id > 1) SELECT * FROM tasks", "db.select tasks"),
        ("WITH a AS (SELECT * FROM x) SELECT * FROM main.a", "db.select main.a"),
        ("WITH open AS (SELECT id FROM tasks) INSERT INTO closed SELECT * FROM open", "db.insert closed"),
        ("WITH gone AS (SELECT id FROM old) DELETE FROM tasks WHERE id IN (SELECT id FROM gone)", "db.delete tasks"),
        (
            "WITH open AS (SELECT id FROM tasks) UPDATE tasks SET state = 'x' WHERE id IN (SELECT id FROM open)",
            "db.update tasks",
        ),
    ];
    for system in [System::Sqlite, System::PostgreSql] {
        assert_reads(system, &cases);
    }
}

#[test]
fn each_systems_own_words_are_known() {
    assert_reads(
        System::Sqlite,
        &[
            ("INSERT OR IGNORE INTO usage_records VALUES (?, ?, ?)", "db.insert usage_records"),
            ("REPLACE INTO tasks VALUES (1)", "db.insert tasks"),
            ("SELECT id FROM tasks WHERE id = ? AND n = ?2 AND m = :m AND o = @o AND p = $p", "db.select tasks"),
            ("PRAGMA user_version", "db.other _none"),
            ("SELECT * FROM pragma_table_info('tasks')", "db.select _none"),
            ("SELECT value FROM json_each(?) JOIN tasks ON tasks.id = value", "db.select tasks"),
            ("SELECT * FROM `tasks` WHERE [id] = 1", "db.select tasks"),
            ("CREATE TABLE t (id INTEGER) STRICT", "db.other t"),
            ("EXPLAIN QUERY PLAN SELECT * FROM tasks", "db.other tasks"),
        ],
    );
    assert_reads(
        System::PostgreSql,
        &[
            ("SELECT data->>'name' FROM tasks WHERE tags @> $1::jsonb FOR UPDATE SKIP LOCKED", "db.select tasks"),
            ("INSERT INTO public.\"Tasks\" (id) VALUES ($1) RETURNING id", "db.insert public.Tasks"),
            ("UPDATE tasks t SET n = u.n FROM users u WHERE u.id = t.id", "db.update tasks"),
            ("DELETE FROM tasks USING users WHERE users.id = tasks.id", "db.delete tasks"),
            ("WITH moved AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM moved", "db.insert b"),
            ("SELECT * FROM tasks WHERE id = ANY($1) ORDER BY id LIMIT 10", "db.select tasks"),
            ("TRUNCATE TABLE tasks", "db.other tasks"),
            ("COPY tasks TO STDOUT", "db.other tasks"),
            ("SET LOCAL statement_timeout = '5s'", "db.other _none"),
            ("MERGE INTO tasks USING new ON tasks.id = new.id WHEN MATCHED THEN UPDATE SET n = 1", "db.other tasks"),
            ("SELECT generate_series(1, 10)", "db.select _none"),
        ],
    );
    assert_reads(
        System::MySql,
        &[
            ("SELECT * FROM `shop`.`orders` LIMIT 5, 10", "db.select shop.orders"),
            ("INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 2", "db.insert t"),
            ("REPLACE INTO t VALUES (1)", "db.insert t"),
            ("UPDATE a JOIN b ON a.id = b.id SET a.x = b.x", "db.update a"),
        ],
    );
}

#[test]
fn several_statements_are_one_where_they_do_the_same() {
    assert_reads(
        System::Sqlite,
        &[
            ("INSERT INTO a VALUES (1); INSERT INTO a VALUES (2);", "db.insert a"),
            ("INSERT INTO a VALUES (1); DELETE FROM a", "db.other a"),
            ("INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)", "db.insert _several"),
            ("CREATE TABLE a (id INTEGER); CREATE TABLE b (id INTEGER)", "db.other _several"),
            ("BEGIN; UPDATE a SET x = 1; COMMIT", "db.other a"),
        ],
    );
}

#[test]
fn what_cannot_be_read_is_other_and_unknown_and_nothing_else_is_told() {
    for text in
        ["", ";", "nonsense", "SELEC * FROM tasks", "SELECT * FROM tasks WHERE name = 'unfinished", "SELECT (((", "\0"]
    {
        let span = span(System::Sqlite, text);
        assert_eq!(span.name, "db.other _unknown", "{text:?}");
        for key in ["db.operation.name", "db.collection.name", "db.query.summary", "db.query.text"] {
            span.assert_no_attribute(key);
        }
    }
}

#[test]
fn the_conventions_name_the_table_only_where_it_is_the_only_one() {
    for (text, collection) in [
        ("SELECT * FROM tasks", Some("tasks")),
        ("WITH open AS (SELECT * FROM tasks) SELECT * FROM open", None),
        ("SELECT * FROM a JOIN b ON a.id = b.id", None),
        ("SELECT * FROM a, b", None),
        ("SELECT * FROM a WHERE id IN (SELECT id FROM b)", None),
        ("SELECT 1 FROM a UNION SELECT 2 FROM b", None),
        ("INSERT INTO tasks VALUES (1)", Some("tasks")),
        ("INSERT INTO tasks SELECT * FROM old", None),
        ("UPDATE tasks SET a = 1", Some("tasks")),
        ("UPDATE tasks SET a = 1 FROM users", None),
        ("DELETE FROM tasks", Some("tasks")),
        ("SELECT 1", None),
        ("INSERT INTO a VALUES (1); INSERT INTO a VALUES (2)", Some("a")),
        ("INSERT INTO a VALUES (1); INSERT INTO b VALUES (2)", None),
    ] {
        assert_eq!(span(System::PostgreSql, text).attribute("db.collection.name"), collection, "{text}");
    }
}

#[test]
fn the_conventions_name_the_operation_of_what_is_other() {
    for (text, name) in [
        ("BEGIN", Some("BEGIN")),
        ("START TRANSACTION", Some("BEGIN")),
        ("COMMIT", Some("COMMIT")),
        ("CREATE TABLE a (id INTEGER)", Some("CREATE")),
        ("SELECT 1", Some("SELECT")),
        ("BEGIN; COMMIT", None),
        ("nonsense", None),
    ] {
        assert_eq!(span(System::PostgreSql, text).attribute("db.operation.name"), name, "{text}");
    }
}
