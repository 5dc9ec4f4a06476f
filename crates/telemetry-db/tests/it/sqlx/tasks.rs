//! A database of tasks, which every test here asks.

use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};
use sqlx::{Row as _, Sqlite};
use telemetry_db::MeasuredPool;

use crate::fixture::Fixture;

/// A database in memory with a table of three tasks. It has one connection, because each has a database of its own.
pub(super) async fn tasks(fixture: &Fixture) -> MeasuredPool<Sqlite> {
    let pool = memory(1).await;
    sqlx::raw_sql(
        "CREATE TABLE tasks (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE);
         INSERT INTO tasks (title) VALUES ('read'), ('write'), ('rest')",
    )
    .execute(&pool)
    .await
    .expect("the table is made");
    fixture.db.measure(pool)
}

pub(super) async fn memory(connections: u32) -> SqlitePool {
    SqlitePoolOptions::new().max_connections(connections).connect("sqlite::memory:").await.expect("SQLite opens")
}

/// How many tasks there are, unmeasured.
pub(super) async fn count(pool: &MeasuredPool<Sqlite>) -> i64 {
    let row = sqlx::query("SELECT count(*) FROM tasks").fetch_one(pool.unmeasured()).await.expect("it can be counted");
    row.get(0)
}
