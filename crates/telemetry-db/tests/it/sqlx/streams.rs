//! Streams of rows: measured until they end or are dropped.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use sqlx::{Either, Executor as _};

use super::tasks::tasks;
use crate::fixture::{DURATION, Fixture, StandingClock};

#[tokio::test]
async fn a_stream_is_measured_from_its_first_poll_to_its_end() {
    let clock = StandingClock::new();
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let mut rows = sqlx::query("SELECT * FROM tasks").fetch(&pool);
    clock.forward(Duration::from_secs(5));
    rows.try_next().await.unwrap().expect("there is a row");
    fixture.assert_all_queries(0);
    clock.forward(Duration::from_millis(200));
    assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap().len(), 2);
    fixture.assert_queries("select", "tasks", 1);
    let span = fixture.span("db.select tasks");
    span.assert_attribute("outcome", "success");
    span.assert_attribute("db.response.returned_rows", "3");
    let sum = fixture.metrics().histogram(DURATION, &[("table", "tasks")]).sum;
    assert!((sum - 0.2).abs() < 1e-9, "{sum}");
}

#[tokio::test]
async fn one_that_is_dropped_before_its_end_is_cancelled() {
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let mut rows = sqlx::query("SELECT * FROM tasks").fetch(&pool);
    rows.next().await.expect("there is a row").unwrap();
    rows.next().await.expect("there is another").unwrap();
    drop(rows);
    fixture.assert_queries("select", "tasks", 1);
    let span = fixture.span("db.select tasks");
    span.assert_attribute("outcome", "cancelled");
    span.assert_attribute("db.response.returned_rows", "2");
    span.assert_error(None);
}

#[tokio::test]
async fn one_in_a_transaction_is_measured_too_and_ends_before_the_commit() {
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let mut transaction = pool.begin().await.unwrap();
    let titles: Vec<String> =
        sqlx::query_scalar("SELECT title FROM tasks").fetch(&mut *transaction).try_collect().await.unwrap();
    assert_eq!(titles.len(), 3);
    transaction.commit().await.unwrap();
    fixture.assert_queries("select", "tasks", 1);
}

#[tokio::test]
async fn several_statements_of_one_text_are_one_query() {
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let text = "INSERT INTO tasks (title) VALUES ('a'); SELECT * FROM tasks; DELETE FROM tasks WHERE title = 'a'";
    let mut steps = pool.fetch_many(sqlx::raw_sql(text));
    let (mut results, mut rows) = (0, 0);
    while let Some(step) = steps.try_next().await.unwrap() {
        match step {
            Either::Left(_) => results += 1,
            Either::Right(_) => rows += 1,
        }
    }
    assert_eq!((results, rows), (3, 4));
    fixture.assert_queries("other", "tasks", 1);
    fixture.assert_all_queries(1);
}

#[tokio::test]
async fn an_error_within_a_stream_ends_it_once() {
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    // The second row overflows.
    let text = "SELECT abs(CASE WHEN id = 2 THEN -9223372036854775807 - 1 ELSE id END) FROM tasks ORDER BY id";
    let mut rows = sqlx::query(text).fetch(&pool);
    rows.next().await.expect("there is a row").unwrap();
    rows.next().await.expect("there is an error").unwrap_err();
    while rows.next().await.is_some() {}
    drop(rows);
    fixture.assert_queries("select", "tasks", 1);
    fixture.span("db.select tasks").assert_attribute("outcome", "error");
}
