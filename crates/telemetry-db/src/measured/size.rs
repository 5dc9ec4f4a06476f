//! The size of a database, read through its pool at an interval.

use std::time::Duration;

use sqlx::{ColumnIndex, Decode, Error, Executor, IntoArguments, Pool, Type};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::place::system;
use super::pool::MeasuredPool;
use crate::size::DatabaseSize;
use crate::system::System;

/// How long a reading may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A database whose size is read, until this is dropped: then the series ends.
#[derive(Debug)]
#[must_use = "the size is no longer read when this is dropped"]
pub struct SizeWatch(JoinHandle<()>);

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Why the size of a database cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SizeError {
    /// It is neither SQLite nor PostgreSQL.
    #[error("how to ask {driver} for the size of a database is not known: tell it by `Database::size`")]
    UnknownDriver {
        /// The driver's name.
        driver: &'static str,
    },
    /// There is no runtime of tokio's here.
    #[error("the size of a database is read by a task, and there is no runtime of tokio's here")]
    NoRuntime,
}

/// What asks a database for its size, in bytes.
const fn question(system: System) -> Option<&'static str> {
    match system {
        System::Sqlite => {
            Some("SELECT CAST(page_count * page_size AS BIGINT) FROM pragma_page_count(), pragma_page_size()")
        }
        System::PostgreSql => Some("SELECT pg_database_size(current_database())"),
        _ => None,
    }
}

impl<DB> MeasuredPool<DB>
where
    DB: sqlx::Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'r> i64: Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
    DB::Arguments: IntoArguments<DB>,
{
    /// Has the size of the database read at an interval ([`DbSettings::size_interval`](crate::DbSettings::size_interval)), as
    /// `agentpane_db_size_bytes{database}`: of SQLite, the pages of its file; of PostgreSQL, what `pg_database_size` says. The
    /// query takes a connection of the pool, is not measured, and is given up after ten seconds. While it fails, the series is
    /// left out. The telemetry has to be there.
    ///
    /// ```
    /// use sqlx::sqlite::SqlitePool;
    /// use telemetry_db::Db;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let pool = Db::global().measure(SqlitePool::connect("sqlite:tasks.db").await?);
    /// let size = pool.watch_size("tasks")?; // held as long as the size is to be read
    /// # drop(size);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SizeError`] for a database that is neither, and outside of a runtime.
    pub fn watch_size(&self, database: &str) -> Result<SizeWatch, SizeError> {
        let question = question(system(DB::NAME)).ok_or(SizeError::UnknownDriver { driver: DB::NAME })?;
        let runtime = Handle::try_current().map_err(|_| SizeError::NoRuntime)?;
        let (pool, size) = (self.unmeasured().clone(), self.database().size(database));
        Ok(SizeWatch(runtime.spawn(watch::<DB>(pool, question, size, self.database().size_interval()))))
    }
}

async fn watch<DB>(pool: Pool<DB>, question: &'static str, size: DatabaseSize, every: Duration)
where
    DB: sqlx::Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'r> i64: Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
    DB::Arguments: IntoArguments<DB>,
{
    let mut due = interval(every);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_known = true;
    loop {
        due.tick().await;
        let asked = sqlx::query_scalar::<DB, i64>(question).fetch_one(&pool);
        let read = match timeout(PATIENCE, asked).await {
            Ok(Ok(bytes)) => Ok(u64::try_from(bytes).unwrap_or_default()),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(Error::PoolTimedOut),
        };
        match read {
            Ok(bytes) => size.set(bytes),
            Err(Error::PoolClosed) => return,
            Err(_) => size.clear(),
        }
        // Said once, until it is known again.
        if let (Err(error), true) = (&read, is_known) {
            let error_message = telemetry_core::error_message(error);
            tracing::warn!(error_message, "the size of a database cannot be read");
        }
        is_known = read.is_ok();
    }
}
