//! A transaction whose queries are measured.

use std::ops::{Deref, DerefMut};

use sqlx::{Connection as _, Error, Transaction};

use super::connection::MeasuredConnection;
use super::executor;
use crate::database::Database;

/// A transaction whose queries are measured, and its end: an operation `other` on the table `_none`, named `COMMIT` or
/// `ROLLBACK`. What takes an executor takes `&mut *transaction`, as with sqlx's own.
///
/// Dropped before either, it is rolled back as sqlx's own is: when the connection is used next, unmeasured.
#[derive(Debug)]
#[must_use = "a transaction that is dropped is rolled back"]
pub struct MeasuredTransaction<'c, DB: sqlx::Database>(MeasuredConnection<'c, DB>);

impl<'c, DB: sqlx::Database> MeasuredTransaction<'c, DB> {
    pub(super) fn new(transaction: Transaction<'c, DB>, database: Database) -> Self {
        Self(MeasuredConnection::of_transaction(transaction, database))
    }

    /// Commits the transaction, or its savepoint.
    ///
    /// # Errors
    ///
    /// What [`Transaction::commit`] answers.
    pub async fn commit(self) -> Result<(), Error> {
        match self.0.into_transaction() {
            (Some(transaction), database) => executor::control(&database, "COMMIT", transaction.commit()).await,
            (None, _) => Ok(()),
        }
    }

    /// Takes the transaction back, or what came after its savepoint.
    ///
    /// # Errors
    ///
    /// What [`Transaction::rollback`] answers.
    pub async fn rollback(self) -> Result<(), Error> {
        match self.0.into_transaction() {
            (Some(transaction), database) => executor::control(&database, "ROLLBACK", transaction.rollback()).await,
            (None, _) => Ok(()),
        }
    }
}

impl<DB: sqlx::Database> MeasuredConnection<'_, DB> {
    /// Begins a transaction, or within one a savepoint, and measures that as [`MeasuredPool::begin`](super::MeasuredPool::begin)
    /// does.
    ///
    /// # Errors
    ///
    /// What [`Connection::begin`](sqlx::Connection::begin) answers.
    pub async fn begin(&mut self) -> Result<MeasuredTransaction<'_, DB>, Error> {
        let database = self.database().clone();
        let transaction = executor::control(&database, "BEGIN", self.unmeasured().begin()).await?;
        Ok(MeasuredTransaction::new(transaction, database))
    }
}

impl<'c, DB: sqlx::Database> Deref for MeasuredTransaction<'c, DB> {
    type Target = MeasuredConnection<'c, DB>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<DB: sqlx::Database> DerefMut for MeasuredTransaction<'_, DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
