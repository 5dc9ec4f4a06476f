//! A pool whose queries are measured.

use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx::{Either, Error, Execute, Executor, Pool, SqlStr, Transaction};

use super::connection::{MeasuredConnection, MeasuredPoolConnection};
use super::executor;
use super::transaction::MeasuredTransaction;
use crate::connections::Connections;
use crate::database::Database;
use crate::db::Db;

/// A pool of sqlx's whose queries are measured: what takes an executor takes a reference to it. Cheap to clone.
///
/// ```
/// use sqlx::sqlite::SqlitePool;
/// use telemetry_db::Db;
///
/// # async fn example() -> Result<(), sqlx::Error> {
/// let pool = Db::global().measure(SqlitePool::connect("sqlite::memory:").await?);
/// sqlx::query("CREATE TABLE tasks (id INTEGER)").execute(&pool).await?; // db.other tasks
///
/// let mut transaction = pool.begin().await?;
/// sqlx::query("INSERT INTO tasks VALUES (7)").execute(&mut *transaction).await?; // db.insert tasks
/// transaction.commit().await?;
/// # Ok(())
/// # }
/// ```
///
/// A query's time is that of its future or its stream, from the first time that it is polled: the wait for a connection is
/// part of it, and so is what the application does between two rows, in which the connection is taken. A stream that is
/// dropped before its end is `cancelled`.
///
/// What prepares a statement and does not execute it is not measured; nor is what goes to [`unmeasured`](Self::unmeasured).
pub struct MeasuredPool<DB: sqlx::Database>(Arc<Inside<DB>>);

struct Inside<DB: sqlx::Database> {
    pool: Pool<DB>,
    database: Database,
    _connections: Connections,
}

impl Db {
    /// Measures the queries that go through a pool, and counts its connections in use as long as the pool or a clone of it is
    /// held. The system is the driver's, and with PostgreSQL and MySQL the name of the database and the address of its server
    /// are what the pool's options say.
    pub fn measure<DB: sqlx::Database>(&self, pool: Pool<DB>) -> MeasuredPool<DB> {
        self.database_of(&pool).measure(pool)
    }
}

impl Database {
    /// Measures the queries that go through a pool as queries of this database, and counts its connections in use as long as
    /// the pool or a clone of it is held.
    pub fn measure<DB: sqlx::Database>(&self, pool: Pool<DB>) -> MeasuredPool<DB> {
        let read = pool.clone();
        let in_use = move || (read.size() as usize).saturating_sub(read.num_idle());
        let connections = self.connections(in_use);
        MeasuredPool(Arc::new(Inside { pool, database: self.clone(), _connections: connections }))
    }
}

impl<DB: sqlx::Database> MeasuredPool<DB> {
    /// The pool itself: what goes to it is not measured. It is for what takes the pool and no executor, such as migrations.
    #[must_use]
    pub fn unmeasured(&self) -> &Pool<DB> {
        &self.0.pool
    }

    /// The database that its queries are measured as.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// A connection of the pool, whose queries are measured.
    ///
    /// # Errors
    ///
    /// What [`Pool::acquire`] answers.
    pub async fn acquire(&self) -> Result<MeasuredPoolConnection<DB>, Error> {
        let connection = self.0.pool.acquire().await?;
        Ok(MeasuredPoolConnection::new(MeasuredConnection::of_pool(connection, self.0.database.clone())))
    }

    /// Begins a transaction whose queries are measured, and measures that: an operation `other` on the table `_none`, named
    /// `BEGIN`.
    ///
    /// # Errors
    ///
    /// What [`Pool::begin`] answers.
    pub async fn begin(&self) -> Result<MeasuredTransaction<'static, DB>, Error> {
        let transaction: Transaction<'static, DB> =
            executor::control(&self.0.database, "BEGIN", self.0.pool.begin()).await?;
        Ok(MeasuredTransaction::new(transaction, self.0.database.clone()))
    }

    /// Closes the pool, as [`Pool::close`] does.
    pub async fn close(&self) {
        self.0.pool.close().await;
    }
}

impl<'p, DB: sqlx::Database> Executor<'p> for &MeasuredPool<DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    type Database = DB;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<DB::QueryResult, DB::Row>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        executor::fetch_many(&self.0.database, &self.0.pool, query)
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        executor::fetch_optional(&self.0.database, &self.0.pool, query)
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [DB::TypeInfo],
    ) -> BoxFuture<'e, Result<DB::Statement, Error>>
    where
        'p: 'e,
    {
        self.0.pool.prepare_with(sql, parameters)
    }

    #[doc(hidden)]
    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<sqlx::Describe<DB>, Error>>
    where
        'p: 'e,
    {
        self.0.pool.describe(sql)
    }
}

impl<DB: sqlx::Database> Clone for MeasuredPool<DB> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<DB: sqlx::Database> fmt::Debug for MeasuredPool<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredPool").field("pool", &self.0.pool).finish_non_exhaustive()
    }
}
