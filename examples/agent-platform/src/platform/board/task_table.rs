//! Where tasks are stored: a table of SQLite, whose queries are measured by its pool.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use axum::BoxError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow};
use sqlx::{Row as _, Sqlite};
use telemetry_agent::labels::Column;
use telemetry_core::{Label as _, Meter};
use telemetry_db::labels::System;
use telemetry_db::{Db, MeasuredPool, MeasuredPoolConnection, SizeWatch};
use tokio::sync::Mutex;

use super::task_store::{TaskRow, TaskStore};

/// A table of tasks, in a file.
#[derive(Debug)]
pub(crate) struct TaskTable {
    pool: MeasuredPool<Sqlite>,
    /// SQLite has one writer at a time, and this is the connection that it writes by.
    writer: Mutex<MeasuredPoolConnection<Sqlite>>,
    _size: SizeWatch,
}

impl TaskTable {
    /// Opens the file, which is made if there is none.
    ///
    /// # Errors
    ///
    /// SQLite's, and outside of a runtime of tokio's.
    pub(crate) async fn open(meter: &Meter, file: &Path) -> Result<Self, BoxError> {
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
        let options = options.journal_mode(SqliteJournalMode::Wal);
        let pool = SqlitePoolOptions::new().min_connections(1).max_connections(4);
        let tasks = Db::new(meter).database(System::Sqlite).namespace("tasks");
        let pool = tasks.measure(pool.connect_with(options).await?);
        sqlx::query(
            "CREATE TABLE IF NOT EXISTS tasks (
                project TEXT NOT NULL,
                id TEXT NOT NULL,
                prompt TEXT NOT NULL,
                stage TEXT NOT NULL,
                created_ms INTEGER NOT NULL,
                queued_ms INTEGER,
                waiting_ms INTEGER,
                turns INTEGER NOT NULL,
                cost_usd REAL,
                PRIMARY KEY (project, id)
            )",
        )
        .execute(&pool)
        .await?;
        let (writer, size) = (Mutex::new(pool.acquire().await?), pool.watch_size("tasks")?);
        Ok(Self { pool, writer, _size: size })
    }
}

#[async_trait]
impl TaskStore for TaskTable {
    async fn insert(&self, task: &TaskRow) -> Result<(), BoxError> {
        let mut writer = self.writer.lock().await;
        sqlx::query("INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(&task.project)
            .bind(&task.id)
            .bind(&task.prompt)
            .bind(task.column.as_str())
            .bind(millis(task.created_at))
            .bind(task.queued_at.map(millis))
            .bind(task.waiting_since.map(millis))
            .bind(task.turns)
            .bind(task.cost_usd)
            .execute(&mut **writer)
            .await?;
        Ok(())
    }

    async fn update(&self, task: &TaskRow) -> Result<(), BoxError> {
        let mut writer = self.writer.lock().await;
        sqlx::query(
            "UPDATE tasks SET stage = ?, queued_ms = ?, waiting_ms = ?, turns = ?, cost_usd = ?
             WHERE project = ? AND id = ?",
        )
        .bind(task.column.as_str())
        .bind(task.queued_at.map(millis))
        .bind(task.waiting_since.map(millis))
        .bind(task.turns)
        .bind(task.cost_usd)
        .bind(&task.project)
        .bind(&task.id)
        .execute(&mut **writer)
        .await?;
        Ok(())
    }

    async fn delete(&self, project: &str, id: &str) -> Result<(), BoxError> {
        let mut writer = self.writer.lock().await;
        sqlx::query("DELETE FROM tasks WHERE project = ? AND id = ?")
            .bind(project)
            .bind(id)
            .execute(&mut **writer)
            .await?;
        Ok(())
    }

    async fn all(&self) -> Result<Vec<TaskRow>, BoxError> {
        let rows = sqlx::query("SELECT * FROM tasks ORDER BY created_ms").fetch_all(&self.pool).await?;
        rows.iter().map(read).collect()
    }

    async fn ping(&self) -> Result<(), BoxError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }
}

fn read(row: &SqliteRow) -> Result<TaskRow, BoxError> {
    let stage: String = row.try_get("stage")?;
    let column = Column::ALL.iter().copied().find(|column| column.as_str() == stage);
    Ok(TaskRow {
        project: row.try_get("project")?,
        id: row.try_get("id")?,
        prompt: row.try_get("prompt")?,
        column: column.ok_or("a task is in no column that there is")?,
        created_at: time(row.try_get("created_ms")?),
        queued_at: row.try_get::<Option<i64>, _>("queued_ms")?.map(time),
        waiting_since: row.try_get::<Option<i64>, _>("waiting_ms")?.map(time),
        turns: row.try_get("turns")?,
        cost_usd: row.try_get("cost_usd")?,
    })
}

fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn time(millis: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(millis.unsigned_abs())
}
