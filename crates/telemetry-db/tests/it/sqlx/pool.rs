//! Queries over a pool and its connections.

use futures_util::TryStreamExt as _;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, Executor as _, SqlSafeStr as _, Sqlite, SqliteExecutor, Statement as _};
use telemetry_db::labels::System;
use telemetry_db::{DbSettings, MeasuredConnection, MeasuredPool, MeasuredPoolConnection, MeasuredTransaction};

use super::tasks::{count, memory, tasks};
use crate::fixture::{CONNECTIONS, Fixture};

#[derive(sqlx::FromRow, Debug, PartialEq)]
struct Task {
    id: i64,
    title: String,
}

#[tokio::test]
async fn each_way_to_ask_is_one_query_and_answers_as_without() {
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let (all, one) = ("SELECT id, title FROM tasks ORDER BY id", "SELECT id, title FROM tasks WHERE id = 2");
    let write = || Task { id: 2, title: "write".to_owned() };

    assert_eq!(sqlx::query(all).fetch_all(&pool).await.unwrap().len(), 3);
    assert!(sqlx::query(one).fetch_optional(&pool).await.unwrap().is_some());
    sqlx::query(one).fetch_one(&pool).await.unwrap();
    assert_eq!(sqlx::query(all).fetch(&pool).try_collect::<Vec<_>>().await.unwrap().len(), 3);
    assert_eq!(sqlx::query_as::<_, Task>(one).fetch_one(&pool).await.unwrap(), write());
    assert_eq!(sqlx::query_as::<_, Task>(all).fetch_all(&pool).await.unwrap()[1], write());
    assert_eq!(sqlx::query_as::<_, Task>(all).fetch(&pool).try_collect::<Vec<_>>().await.unwrap().len(), 3);
    assert_eq!(sqlx::query_scalar::<_, i64>("SELECT count(*) FROM tasks").fetch_one(&pool).await.unwrap(), 3);
    assert_eq!(sqlx::raw_sql(all).fetch_all(&pool).await.unwrap().len(), 3);
    assert_eq!(pool.fetch_all(all).await.unwrap().len(), 3);
    fixture.assert_queries("select", "tasks", 10);

    let insert = sqlx::query("INSERT INTO tasks (title) VALUES (?)").bind("run").execute(&pool).await.unwrap();
    assert_eq!((insert.rows_affected(), insert.last_insert_rowid()), (1, 4));
    fixture.assert_queries("insert", "tasks", 1);
    let update =
        sqlx::query("UPDATE tasks SET title = title || '!' WHERE id > ?").bind(2).execute(&pool).await.unwrap();
    assert_eq!(update.rows_affected(), 2);
    fixture.assert_queries("update", "tasks", 1);
    sqlx::query("DELETE FROM tasks WHERE id = ?").bind(1).execute(&pool).await.unwrap();
    fixture.assert_queries("delete", "tasks", 1);
    assert_eq!(count(&pool).await, 3);
    fixture.assert_all_queries(13);
}

#[tokio::test]
async fn a_statement_that_was_prepared_keeps_its_arguments() {
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let statement = pool.prepare("SELECT title FROM tasks WHERE id = ?".into_sql_str()).await.unwrap();
    fixture.assert_all_queries(0);
    let title: String = statement.query_scalar().bind(3).fetch_one(&pool).await.unwrap();
    assert_eq!(title, "rest");
    let title: String = sqlx::query_scalar("SELECT title FROM tasks WHERE id = ?")
        .persistent(false)
        .bind(1)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(title, "read");
    fixture.assert_queries("select", "tasks", 2);
}

#[tokio::test]
async fn what_takes_an_executor_takes_any_of_ours() {
    async fn titles(executor: impl SqliteExecutor<'_>) -> Vec<String> {
        sqlx::query_scalar("SELECT title FROM tasks ORDER BY id").fetch_all(executor).await.expect("it is asked")
    }
    async fn on_connection(connection: &mut MeasuredConnection<'_, Sqlite>) -> usize {
        titles(&mut *connection).await.len() + titles(connection).await.len()
    }
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    assert_eq!(titles(&pool).await, ["read", "write", "rest"]);
    let mut connection = pool.acquire().await.unwrap();
    assert_eq!(titles(&mut *connection).await.len(), 3);
    assert_eq!(on_connection(&mut connection).await, 6);
    drop(connection);
    let mut transaction = pool.begin().await.unwrap();
    assert_eq!(titles(&mut *transaction).await.len(), 3);
    assert_eq!(on_connection(&mut transaction).await, 6);
    drop(transaction);
    fixture.assert_queries("select", "tasks", 7);
    // Not those that go around it.
    assert_eq!(titles(pool.unmeasured()).await.len(), 3);
    fixture.assert_queries("select", "tasks", 7);
}

#[tokio::test]
async fn a_connection_of_ones_own_is_measured_too() {
    let fixture = Fixture::new();
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let database = fixture.db.database(System::Sqlite).namespace("scratch");
    let mut measured = database.measure_connection(&mut connection);
    sqlx::query("CREATE TABLE notes (id INTEGER)").execute(&mut measured).await.unwrap();
    let mut transaction = measured.begin().await.unwrap();
    sqlx::query("INSERT INTO notes VALUES (1)").execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
    fixture.assert_queries("other", "notes", 1);
    fixture.assert_queries("insert", "notes", 1);
    fixture.span("db.insert notes").assert_attribute("db.namespace", "scratch");
}

#[tokio::test]
async fn the_span_says_which_system_and_how_many_rows_and_stands_where_it_is_asked() {
    let fixture = Fixture::with(DbSettings { query_text: true, ..DbSettings::default() });
    let pool = tasks(&fixture).await;
    let request = tracing::info_span!("request");
    let rows = tracing::Instrument::instrument(
        async { sqlx::query("SELECT * FROM tasks WHERE id > 1").fetch_all(&pool).await },
        request.clone(),
    );
    assert_eq!(rows.await.unwrap().len(), 2);
    drop(request);
    let span = fixture.span("db.select tasks");
    for (key, value) in [
        ("db.system.name", "sqlite"),
        ("db.operation.name", "SELECT"),
        ("db.collection.name", "tasks"),
        ("db.query.text", "SELECT * FROM tasks WHERE id > ?"),
        ("db.response.returned_rows", "2"),
        ("outcome", "success"),
    ] {
        span.assert_attribute(key, value);
    }
    let spans = fixture.spans();
    assert_eq!(spans.parent_of(&span).map(|parent| &*parent.name), Some("request"));
}

#[tokio::test]
async fn the_connections_in_use_are_counted_as_long_as_the_pool_is_held() {
    let fixture = Fixture::new();
    let pool = fixture.db.measure(memory(3).await);
    fixture.assert_gauge(CONNECTIONS, &[], 0.0);
    let (first, second) = (pool.acquire().await.unwrap(), pool.begin().await.unwrap());
    fixture.assert_gauge(CONNECTIONS, &[], 2.0);
    drop((first, second));
    let clone = pool.clone();
    drop(pool);
    assert!(fixture.metrics().value(CONNECTIONS, &[]).is_some());
    clone.close().await;
    fixture.assert_gauge(CONNECTIONS, &[], 0.0);
    drop(clone);
    fixture.assert_no_series(CONNECTIONS, &[]);
}

#[tokio::test]
async fn a_query_that_nobody_polls_is_none() {
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    drop(sqlx::query("SELECT * FROM tasks").fetch(&pool));
    drop(sqlx::query("SELECT * FROM tasks").fetch_all(&pool));
    drop(pool.fetch_optional("SELECT * FROM tasks"));
    fixture.assert_all_queries(0);
    assert!(fixture.spans().is_empty());
}

#[tokio::test]
async fn queries_of_the_macros_kind_go_into_tasks() {
    fn owned<T: Send + 'static>() {}
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<MeasuredPool<Sqlite>>();
    owned::<MeasuredPoolConnection<Sqlite>>();
    owned::<MeasuredTransaction<'static, Sqlite>>();
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let queries = (0..8).map(|_| {
        let pool = pool.clone();
        tokio::spawn(async move {
            let title: String = sqlx::query_scalar("SELECT title FROM tasks WHERE id = ?")
                .bind(1)
                .fetch_one(&pool)
                .await
                .expect("it is there");
            title
        })
    });
    for query in queries.collect::<Vec<_>>() {
        assert_eq!(query.await.unwrap(), "read");
    }
    fixture.assert_queries("select", "tasks", 8);
}
