//! A query that the application sends by itself.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

use opentelemetry::trace::SpanKind;
use telemetry_core::trace::{self, Sampling};
use telemetry_core::{Meter, MeterSettings};
use telemetry_db::labels::{DbOperation, NONE, SEVERAL, System, UNKNOWN};
use telemetry_db::{Connections, Database, DatabaseSize, Db, DbSettings, QueryGuard};
use telemetry_testkit::TestTelemetry;

use crate::fixture::{DURATION, Fixture, QUERIES, StandingClock};

#[test]
fn every_end_is_one_query_with_its_outcome() {
    type End = fn(QueryGuard);
    type Case = (&'static str, End, &'static str, Option<&'static str>, Option<&'static str>);
    let cases: [Case; 6] = [
        ("succeed", |query| query.succeed(), "success", None, None),
        ("timeout", |query| query.timeout(), "timeout", Some("timeout"), None),
        ("cancel", |query| query.cancel(), "cancelled", None, None),
        ("drop", |query| drop(query), "cancelled", None, None),
        ("fail", |query| query.fail("connection"), "error", Some("connection"), None),
        ("code", |query| query.fail_with_code("23505"), "error", Some("23505"), Some("23505")),
    ];
    let fixture = Fixture::new();
    for (table, end, outcome, error_type, code) in cases {
        end(fixture.db.start(DbOperation::Update, table));
        fixture.assert_queries("update", table, 1);
        let span = fixture.span(&format!("db.update {table}"));
        span.assert_attribute("outcome", outcome);
        span.assert_error(error_type);
        assert_eq!(span.attribute("db.response.status_code"), code, "{span}");
        let failures = fixture.metrics().total("agentpane_db_query_failures_total", &[("table", table)]);
        assert_eq!(failures, f64::from(u8::from(error_type.is_some())), "{outcome}");
    }
    fixture.assert_all_queries(6);
}

#[test]
fn the_span_tells_what_was_asked_and_by_the_conventions_names() {
    let fixture = Fixture::new();
    let shop = fixture.db.database(System::PostgreSql).namespace("shop").server("db.internal", 5432);
    for (operation, keyword) in [
        (DbOperation::Select, "SELECT"),
        (DbOperation::Insert, "INSERT"),
        (DbOperation::Update, "UPDATE"),
        (DbOperation::Delete, "DELETE"),
    ] {
        fixture.clear();
        let mut query = shop.start(operation, "public.orders");
        query.rows(7);
        query.succeed();
        let span = fixture.span(&format!("db.{} public.orders", keyword.to_lowercase()));
        for (key, value) in [
            ("operation", &*keyword.to_lowercase()),
            ("table", "public.orders"),
            ("db.system.name", "postgresql"),
            ("db.namespace", "shop"),
            ("db.operation.name", keyword),
            ("db.collection.name", "public.orders"),
            ("db.query.summary", &format!("{keyword} public.orders")),
            ("db.response.returned_rows", "7"),
            ("server.address", "db.internal"),
            ("server.port", "5432"),
        ] {
            span.assert_attribute(key, value);
        }
        assert_eq!(span.kind, SpanKind::Client);
        span.assert_no_attribute("db.query.text");
    }
}

#[test]
fn what_is_not_known_is_not_said() {
    let fixture = Fixture::new();
    fixture.db.start(DbOperation::Other, "tasks").succeed();
    fixture.db.query(DbOperation::Other, NONE).operation_name("COMMIT").start().succeed();
    fixture.db.query(DbOperation::Select, "tasks").several_tables().start().succeed();
    let plain = fixture.span("db.other tasks");
    for key in
        ["db.namespace", "db.operation.name", "db.query.summary", "server.address", "server.port", "db.query.text"]
    {
        plain.assert_no_attribute(key);
    }
    plain.assert_attribute("db.system.name", "other_sql");
    let commit = fixture.span("db.other _none");
    commit.assert_attribute("db.operation.name", "COMMIT");
    commit.assert_attribute("db.query.summary", "COMMIT");
    commit.assert_no_attribute("db.collection.name");
    let joined = fixture.span("db.select tasks");
    joined.assert_no_attribute("db.collection.name");
    joined.assert_attribute("db.query.summary", "SELECT tasks");
}

#[test]
fn one_log_event_within_the_span_tells_the_end() {
    let fixture = Fixture::new();
    fixture.db.start(DbOperation::Insert, "fails").fail_with_code("23505");
    fixture.db.start(DbOperation::Select, "fine").succeed();
    let failed = fixture.log("database query failed");
    failed.assert_severity("WARN");
    for (key, value) in [("operation", "insert"), ("table", "fails"), ("outcome", "error"), ("error_type", "23505")] {
        failed.assert_attribute(key, value);
    }
    failed.assert_in(&fixture.span("db.insert fails"));
    let ended = fixture.log("database query ended");
    ended.assert_severity("DEBUG");
    ended.assert_in(&fixture.span("db.select fine"));
    assert_eq!(fixture.logs().containing("slow").len(), 0);
}

#[test]
fn a_query_is_logged_as_slow_from_the_setting_on() {
    for (limit, taken, is_slow) in [(1_000, 999, false), (1_000, 1_000, true), (50, 60, true), (0, 3_600_000, false)] {
        let clock = StandingClock::new();
        let settings = DbSettings { slow_query: Duration::from_millis(limit), ..DbSettings::default() };
        let fixture = Fixture::with(settings);
        let shop = fixture.db.database(System::MySql).namespace("shop");
        let mut query = shop.start(DbOperation::Select, "orders");
        query.rows(12);
        clock.forward(Duration::from_millis(taken));
        query.succeed();
        let logs = fixture.logs();
        let slow = logs.containing("slow database query");
        assert_eq!(slow.len(), usize::from(is_slow), "{limit} {taken}");
        for slow in slow {
            slow.assert_severity("WARN");
            for (key, value) in [
                ("operation", "select"),
                ("table", "orders"),
                ("outcome", "success"),
                ("duration_ms", &*taken.to_string()),
                ("rows", "12"),
                ("db.system.name", "mysql"),
                ("db.namespace", "shop"),
            ] {
                slow.assert_attribute(key, value);
            }
            assert_eq!(slow.attribute("db.query.text"), None);
            slow.assert_in(&fixture.span("db.select orders"));
        }
    }
}

#[test]
fn a_slow_query_is_told_however_it_ends() {
    for (end, outcome) in [
        ((|query: QueryGuard| query.fail("connection")) as fn(QueryGuard), "error"),
        (|query| query.timeout(), "timeout"),
        (|query| drop(query), "cancelled"),
    ] {
        let clock = StandingClock::new();
        let fixture = Fixture::new();
        let query = fixture.db.start(DbOperation::Select, "tasks");
        clock.forward(Duration::from_millis(1_500));
        end(query);
        fixture.log("slow database query").assert_attribute("outcome", outcome);
        assert_eq!(fixture.metrics().histogram(DURATION, &[("table", "tasks")]).sum, 1.5);
    }
}

#[test]
fn a_failure_says_why_without_secrets() {
    let fixture = Fixture::new();
    let error = io::Error::other("postgres://me:hunter2@db/ was reset");
    fixture.db.start(DbOperation::Select, "tasks").because(&error).fail("connection");
    let why = "postgres://me:[redacted]@db/ was reset";
    assert!(fixture.span("db.select tasks").to_string().contains(why));
    fixture.log("database query failed").assert_attribute("error_message", why);
    fixture.assert_nowhere("hunter2");
}

#[test]
fn a_panic_is_the_applications_own() {
    let fixture = Fixture::new();
    let query = fixture.db.start(DbOperation::Select, "tasks");
    let ended = panic::catch_unwind(AssertUnwindSafe(move || {
        let _query = query;
        panic!("a panic within the guarded block");
    }));
    assert!(ended.is_err());
    fixture.span("db.select tasks").assert_attribute("outcome", "cancelled");
    fixture.log("database query failed").assert_severity("ERROR");
}

#[test]
fn guards_are_owned_and_go_where_work_goes() {
    fn owned<T: Send + 'static>() {}
    fn shared<T: Send + Sync + 'static>() {}
    owned::<QueryGuard>();
    owned::<Connections>();
    owned::<DatabaseSize>();
    shared::<Db>();
    shared::<Database>();
}

#[tokio::test]
async fn a_query_goes_into_a_task_and_a_dropped_future_is_cancelled() {
    let fixture = Fixture::new();
    let query = fixture.db.start(DbOperation::Select, "spawned");
    let task = tokio::spawn(async move {
        query.instrument(async {}).await;
        assert_eq!(query.in_scope(|| tracing::Span::current().id()), query.span().span().id());
        query.succeed();
    });
    task.await.expect("it does not panic");
    fixture.span("db.select spawned").assert_attribute("outcome", "success");

    let work = async {
        let query = fixture.db.start(DbOperation::Select, "dropped");
        query.instrument(std::future::pending::<()>()).await;
        query.succeed();
    };
    tokio::select! {
        biased;
        () = work => unreachable!("it is pending for ever"),
        () = std::future::ready(()) => {}
    }
    fixture.span("db.select dropped").assert_attribute("outcome", "cancelled");
    fixture.assert_all_queries(2);
}

#[test]
fn what_is_not_sampled_is_measured_and_logged_all_the_same() {
    let fixture = Fixture::new();
    let _off = trace::scoped(Sampling::AlwaysOff);
    let query = fixture.db.start(DbOperation::Delete, "tasks");
    assert!(!query.span().is_sampled());
    query.fail("connection");
    assert!(fixture.spans().is_empty());
    fixture.assert_queries("delete", "tasks", 1);
    fixture.log("database query failed").assert_attribute("table", "tasks");
}

#[test]
fn without_a_meter_nothing_happens() {
    let db = Db::new(&Meter::noop());
    db.start(DbOperation::Select, "tasks").fail("connection");
    let _connections = db.connections(|| 3);
    db.size("tasks").set(7);
    Db::global().start(DbOperation::Select, "tasks").succeed();
}

#[test]
fn tables_that_are_made_up_end_at_the_labels_limit_and_what_is_registered_stays() {
    let settings = MeterSettings { max_label_values: 3, ..MeterSettings::default() };
    let telemetry = TestTelemetry::builder().meter_settings(settings).build();
    let db = Db::new(telemetry.meter());
    db.register(["tasks", "agents"]);
    for number in 0..50 {
        db.start(DbOperation::Select, &format!("made_up_{number}")).succeed();
    }
    for table in ["tasks", "agents", UNKNOWN, NONE, SEVERAL] {
        db.start(DbOperation::Select, table).succeed();
        telemetry.assert_counter(QUERIES, &[("operation", "select"), ("table", table)], 1.0);
    }
    telemetry.assert_counter(QUERIES, &[("operation", "select"), ("table", "_other")], 47.0);
}

#[test]
fn a_tables_name_of_a_megabyte_leaves_spans_logs_and_labels_small() {
    let fixture = Fixture::new();
    let long = "t".repeat(1 << 20);
    fixture
        .db
        .database(System::Sqlite)
        .namespace(&long)
        .server(&long, None)
        .start(DbOperation::Select, &long)
        .fail(&long);
    fixture.assert_queries("select", "_other", 1);
    assert!(fixture.dump().len() < 20_000, "{}", fixture.dump().len());
}
