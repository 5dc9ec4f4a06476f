//! The size of a database, read through its pool.

use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use telemetry_db::DbSettings;
use telemetry_testkit::eventually;

use super::tasks::memory;
use crate::fixture::{Fixture, SIZE};

fn often() -> Fixture {
    Fixture::with(DbSettings { size_interval: Duration::from_secs(1), ..DbSettings::default() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_size_of_sqlite_is_that_of_its_file_and_follows_it() {
    let fixture = often();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tasks.db");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let pool = fixture.db.measure(SqlitePoolOptions::new().connect_with(options).await.unwrap());
    sqlx::query("CREATE TABLE blobs (data BLOB)").execute(&pool).await.unwrap();
    let watch = pool.watch_size("tasks").unwrap();
    let size = || fixture.metrics().value(SIZE, &[("database", "tasks")]);
    let first = eventually("a size is read", size).wait();
    assert_eq!(first, std::fs::metadata(&file).unwrap().len() as f64);
    sqlx::query("INSERT INTO blobs VALUES (zeroblob(1000000))").execute(&pool).await.unwrap();
    let grown = eventually("a larger one is read", || size().filter(|size| *size > first)).wait();
    assert_eq!(grown, std::fs::metadata(&file).unwrap().len() as f64);
    // What reads it is no query of the application's.
    fixture.assert_all_queries(2);
    drop(watch);
    eventually("the series ends", || size().is_none().then_some(())).wait();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn once_the_pool_is_closed_the_series_ends() {
    let fixture = often();
    let pool = fixture.db.measure(memory(1).await);
    let _watch = pool.watch_size("tasks").unwrap();
    eventually("a size is read", || fixture.metrics().value(SIZE, &[])).wait();
    pool.close().await;
    eventually("the series ends", || fixture.metrics().value(SIZE, &[]).is_none().then_some(())).wait();
}

#[test]
fn outside_of_a_runtime_it_is_an_error() {
    let fixture = Fixture::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let pool = fixture.db.measure(runtime.block_on(memory(1)));
    let error = pool.watch_size("tasks").unwrap_err();
    assert_eq!(error.to_string(), "the size of a database is read by a task, and there is no runtime of tokio's here");
}
