//! Transactions: their queries, their ends, their savepoints.

use sqlx::Sqlite;
use telemetry_db::MeasuredConnection;

use super::tasks::{count, tasks};
use crate::fixture::Fixture;

async fn add(connection: &mut MeasuredConnection<'_, Sqlite>, title: &str) {
    sqlx::query("INSERT INTO tasks (title) VALUES (?)").bind(title).execute(connection).await.expect("it is added");
}

/// The names of the operations that are no query of the application's.
fn control(fixture: &Fixture) -> Vec<String> {
    let spans = fixture.spans();
    let control = spans.named("db.other _none");
    control.iter().filter_map(|span| span.attribute("db.operation.name")).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_commit_keeps_what_was_done_and_is_measured() {
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let mut transaction = pool.begin().await.unwrap();
    add(&mut transaction, "a").await;
    add(&mut transaction, "b").await;
    transaction.commit().await.unwrap();
    assert_eq!(count(&pool).await, 5);
    fixture.assert_queries("insert", "tasks", 2);
    fixture.assert_queries("other", "_none", 2);
    assert_eq!(control(&fixture), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn a_rollback_takes_it_back_and_is_measured() {
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let mut transaction = pool.begin().await.unwrap();
    add(&mut transaction, "a").await;
    transaction.rollback().await.unwrap();
    assert_eq!(count(&pool).await, 3);
    assert_eq!(control(&fixture), ["BEGIN", "ROLLBACK"]);
}

#[tokio::test]
async fn one_that_is_dropped_is_rolled_back_as_sqlx_does() {
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let mut transaction = pool.begin().await.unwrap();
    add(&mut transaction, "a").await;
    drop(transaction);
    assert_eq!(count(&pool).await, 3);
    assert_eq!(control(&fixture), ["BEGIN"]);
}

#[tokio::test]
async fn a_savepoint_is_a_transaction_within() {
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let mut transaction = pool.begin().await.unwrap();
    add(&mut transaction, "a").await;
    let mut inner = transaction.begin().await.unwrap();
    add(&mut inner, "b").await;
    inner.rollback().await.unwrap();
    let mut inner = transaction.begin().await.unwrap();
    add(&mut inner, "c").await;
    inner.commit().await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(count(&pool).await, 5);
    fixture.assert_queries("insert", "tasks", 3);
    assert_eq!(control(&fixture), ["BEGIN", "BEGIN", "ROLLBACK", "BEGIN", "COMMIT", "COMMIT"]);
}

#[tokio::test]
async fn a_transaction_of_a_connection_gives_it_back() {
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let mut connection = pool.acquire().await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    add(&mut transaction, "a").await;
    transaction.commit().await.unwrap();
    add(&mut connection, "b").await;
    drop(connection);
    assert_eq!(count(&pool).await, 5);
    fixture.assert_queries("insert", "tasks", 2);
}

#[tokio::test]
async fn what_goes_around_the_measure_is_not_measured() {
    let fixture = Fixture::new();
    let pool = tasks(&fixture).await;
    let mut transaction = pool.begin().await.unwrap();
    sqlx::query("DELETE FROM tasks").execute(transaction.unmeasured()).await.unwrap();
    transaction.commit().await.unwrap();
    fixture.assert_queries("other", "_none", 2);
    fixture.assert_all_queries(2);
}
