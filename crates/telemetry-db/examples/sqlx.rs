//! An application of sqlx whose pool is measured: queries, a transaction and a stream of rows on SQLite in memory.
#![expect(clippy::print_stdout, reason = "it shows what was recorded")]

use std::error::Error;

use futures_util::TryStreamExt as _;
use sqlx::Row as _;
use sqlx::sqlite::SqlitePoolOptions;
use telemetry_db::{Db, DbSettings};
use telemetry_testkit::TestTelemetry;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let telemetry = TestTelemetry::entered();
    // In an application: `Db::global()`, once `Telemetry` is there.
    let db = Db::with_settings(telemetry.meter(), DbSettings { query_text: true, ..DbSettings::default() })?;
    // One connection, because each has a database of its own in memory.
    let pool = db.measure(SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?);

    sqlx::query("CREATE TABLE tasks (id INTEGER PRIMARY KEY, title TEXT NOT NULL)").execute(&pool).await?;
    let mut transaction = pool.begin().await?;
    for title in ["read", "write", "rest"] {
        sqlx::query("INSERT INTO tasks (title) VALUES (?)").bind(title).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;

    let mut tasks = sqlx::query("SELECT id, title FROM tasks WHERE title <> 'rest' ORDER BY id").fetch(&pool);
    while let Some(task) = tasks.try_next().await? {
        println!("{}: {}", task.get::<i64, _>("id"), task.get::<String, _>("title"));
    }
    drop(tasks);

    println!("\n{}\n\n{}\n\n{}", telemetry.metrics(), telemetry.spans(), telemetry.logs());
    Ok(())
}
