//! A connection whose queries are measured, whoever holds it.

use std::fmt;
use std::ops::{Deref, DerefMut};

use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx::pool::PoolConnection;
use sqlx::{Either, Error, Execute, Executor, SqlStr, Transaction};

use super::executor;
use crate::database::Database;

/// A connection whose queries are measured: what takes an executor takes `&mut` of it. It is what
/// [`MeasuredPoolConnection`] and [`MeasuredTransaction`](crate::MeasuredTransaction) deref to, so that a function which takes one of these takes both.
pub struct MeasuredConnection<'c, DB: sqlx::Database> {
    held: Held<'c, DB>,
    database: Database,
}

/// Whose the connection is.
enum Held<'c, DB: sqlx::Database> {
    Pool(Box<PoolConnection<DB>>),
    Transaction(Box<Transaction<'c, DB>>),
    Borrowed(&'c mut DB::Connection),
}

impl Database {
    /// Measures the queries that go through a connection as queries of this database.
    ///
    /// ```
    /// use sqlx::Connection as _;
    /// use sqlx::sqlite::SqliteConnection;
    /// use telemetry_db::Db;
    /// use telemetry_db::labels::System;
    ///
    /// # async fn example() -> Result<(), sqlx::Error> {
    /// let mut connection = SqliteConnection::connect("sqlite::memory:").await?;
    /// let mut measured = Db::global().database(System::Sqlite).measure_connection(&mut connection);
    /// sqlx::query("SELECT 1").execute(&mut measured).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn measure_connection<'c, DB, C>(&self, connection: &'c mut C) -> MeasuredConnection<'c, DB>
    where
        DB: sqlx::Database<Connection = C>,
        C: sqlx::Connection<Database = DB>,
    {
        MeasuredConnection { held: Held::Borrowed(connection), database: self.clone() }
    }
}

impl<'c, DB: sqlx::Database> MeasuredConnection<'c, DB> {
    pub(super) fn of_pool(connection: PoolConnection<DB>, database: Database) -> Self {
        Self { held: Held::Pool(Box::new(connection)), database }
    }

    pub(super) fn of_transaction(transaction: Transaction<'c, DB>, database: Database) -> Self {
        Self { held: Held::Transaction(Box::new(transaction)), database }
    }

    /// The transaction, if that is what holds the connection, and what its queries are measured as.
    pub(super) fn into_transaction(self) -> (Option<Transaction<'c, DB>>, Database) {
        match self.held {
            Held::Transaction(transaction) => (Some(*transaction), self.database),
            Held::Pool(_) | Held::Borrowed(_) => (None, self.database),
        }
    }

    /// The connection itself: what goes to it is not measured.
    #[must_use]
    pub fn unmeasured(&mut self) -> &mut DB::Connection {
        match &mut self.held {
            Held::Pool(connection) => connection,
            Held::Transaction(transaction) => transaction,
            Held::Borrowed(connection) => connection,
        }
    }

    pub(super) fn database(&self) -> &Database {
        &self.database
    }
}

impl<'t, DB: sqlx::Database> Executor<'t> for &'t mut MeasuredConnection<'_, DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    type Database = DB;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<DB::QueryResult, DB::Row>, Error>>
    where
        't: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let database = self.database.clone();
        executor::fetch_many(&database, self.unmeasured(), query)
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
    where
        't: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let database = self.database.clone();
        executor::fetch_optional(&database, self.unmeasured(), query)
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [DB::TypeInfo],
    ) -> BoxFuture<'e, Result<DB::Statement, Error>>
    where
        't: 'e,
    {
        self.unmeasured().prepare_with(sql, parameters)
    }

    #[doc(hidden)]
    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<sqlx::Describe<DB>, Error>>
    where
        't: 'e,
    {
        self.unmeasured().describe(sql)
    }
}

impl<DB: sqlx::Database> fmt::Debug for MeasuredConnection<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredConnection").finish_non_exhaustive()
    }
}

/// A connection of a [`MeasuredPool`](super::MeasuredPool), which gets it back when this is dropped.
#[derive(Debug)]
pub struct MeasuredPoolConnection<DB: sqlx::Database>(MeasuredConnection<'static, DB>);

impl<DB: sqlx::Database> MeasuredPoolConnection<DB> {
    pub(super) fn new(connection: MeasuredConnection<'static, DB>) -> Self {
        Self(connection)
    }
}

impl<DB: sqlx::Database> Deref for MeasuredPoolConnection<DB> {
    type Target = MeasuredConnection<'static, DB>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<DB: sqlx::Database> DerefMut for MeasuredPoolConnection<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
