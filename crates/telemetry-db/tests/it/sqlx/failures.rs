//! Queries that fail: what is told of the error, and what is not.

use std::time::Duration;

use sqlx::sqlite::SqlitePoolOptions;

use super::tasks::{memory, tasks};
use crate::fixture::Fixture;

#[tokio::test]
async fn what_the_database_refuses_is_told_by_its_code_and_without_values() {
    const CANARY: &str = "canary8371";
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let insert = || sqlx::query("INSERT INTO tasks (title) VALUES (?)").bind(CANARY);
    insert().execute(&pool).await.unwrap();
    let error = insert().execute(&pool).await.unwrap_err();
    assert!(error.as_database_error().expect("the database refuses it").is_unique_violation());
    let spans = fixture.spans();
    let failed = spans.one_with("outcome", "error");
    // SQLITE_CONSTRAINT_UNIQUE.
    failed.assert_attribute("db.response.status_code", "2067");
    failed.assert_error(Some("2067"));
    fixture.log("database query failed").assert_attribute("error_type", "2067");
    // Of a table's name that is none an error quotes the text.
    let wrong = format!("SELECT * FROM tasks WHERE {CANARY} = 1");
    sqlx::query(sqlx::AssertSqlSafe(wrong)).execute(&pool).await.unwrap_err();
    fixture.assert_nowhere(CANARY);
    fixture.assert_queries("insert", "tasks", 2);
    fixture.assert_queries("select", "tasks", 1);
}

#[tokio::test]
async fn a_row_that_is_not_there_is_no_failure_of_the_query() {
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let none = sqlx::query("SELECT * FROM tasks WHERE id = 99").fetch_one(&pool).await;
    assert!(matches!(none, Err(sqlx::Error::RowNotFound)));
    let span = fixture.span("db.select tasks");
    span.assert_attribute("outcome", "success");
    span.assert_attribute("db.response.returned_rows", "0");
}

#[tokio::test]
async fn a_pool_that_has_none_left_or_is_closed_is_told_by_a_word() {
    let fixture = Fixture::new();
    // That of the first connection as well, which a busy machine has to open in it.
    let options = SqlitePoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(1));
    let pool = fixture.db.measure(options.connect("sqlite::memory:").await.unwrap());
    let taken = pool.acquire().await.unwrap();
    sqlx::query("SELECT 1 FROM full").fetch_optional(&pool).await.unwrap_err();
    fixture.span("db.select full").assert_error(Some("pool_timeout"));
    assert!(pool.begin().await.is_err());
    fixture.span("db.other _none").assert_error(Some("pool_timeout"));
    drop(taken);
    pool.close().await;
    sqlx::query("SELECT 1 FROM closed").fetch_all(&pool).await.unwrap_err();
    fixture.span("db.select closed").assert_error(Some("pool_closed"));
}

#[tokio::test]
async fn what_cannot_be_read_is_measured_all_the_same() {
    let fixture = Fixture::new();
    let pool = fixture.db.measure(memory(1).await);
    sqlx::query("this is no statement").execute(&pool).await.unwrap_err();
    fixture.assert_queries("other", "_unknown", 1);
    fixture.span("db.other _unknown").assert_attribute("outcome", "error");
}

#[tokio::test]
async fn a_query_that_is_given_up_is_cancelled() {
    let fixture = Fixture::new();
    let pool = fixture.db.measure(memory(1).await);
    let taken = pool.acquire().await.unwrap();
    let waits = sqlx::query("SELECT 1 FROM given_up").execute(&pool);
    tokio::time::timeout(Duration::from_millis(20), waits).await.unwrap_err();
    fixture.span("db.select given_up").assert_attribute("outcome", "cancelled");
    fixture.assert_queries("select", "given_up", 1);
    drop(taken);
}
