//! What an application implements to have usage records stored.

use std::error::Error;

use async_trait::async_trait;
use telemetry_core::error_message;

use crate::metrics::PersistErrorType;
use crate::record::UsageRecord;

/// Where usage records are stored.
///
/// ```
/// use async_trait::async_trait;
/// use telemetry_llm::{GivenBack, StoreError, UsageRecord, UsageStore};
///
/// struct Database;
///
/// # impl Database { async fn insert_or_ignore(&self, _: &[UsageRecord]) -> std::io::Result<()> { Ok(()) } }
/// #[async_trait]
/// impl UsageStore for Database {
///     async fn store(&self, records: &[UsageRecord]) -> Result<(), StoreError> {
///         self.insert_or_ignore(records).await.map_err(StoreError::database)
///     }
///
///     fn give_back(&self, records: Vec<UsageRecord>, reason: GivenBack) {
///         for record in records {
///             eprintln!("not stored, {reason}: {}", serde_json::to_string(&record).unwrap_or_default());
///         }
///     }
/// }
/// ```
#[async_trait]
pub trait UsageStore: Send + Sync + 'static {
    /// Stores all of the records, or none of them: one transaction.
    ///
    /// It is polled, and dropped, on the threads that the runtime keeps for what blocks: it may block, and panic. One that
    /// blocks has no second one beside it; it counts as one that takes too long, and the next begins when it is over.
    ///
    /// The future is dropped when it takes too long, and the records come again. Where it cannot be told whether a
    /// transaction that was dropped is committed (work that goes on in another thread, a future that blocked its thread
    /// meanwhile, an answer that got lost), the store passes over records whose [`id`](UsageRecord::id) it has.
    ///
    /// # Errors
    ///
    /// [`StoreError`]. All but [`StoreError::Validation`] are tried again; of a batch that is not valid the records
    /// are tried apart, and those that are not valid alone are [given back](Self::give_back).
    async fn store(&self, records: &[UsageRecord]) -> Result<(), StoreError>;

    /// Takes records that are not stored and will not be: there is no other copy of them.
    ///
    /// It should be quick: log them, put them aside in a file or a channel. It is called on a thread that may block, or
    /// where the runtime is dropped.
    fn give_back(&self, records: Vec<UsageRecord>, reason: GivenBack);
}

/// Why records were not stored.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database failed.
    #[error("the store failed")]
    Database(#[source] Box<dyn Error + Send + Sync>),
    /// It took too long.
    #[error("the store took too long")]
    Timeout,
    /// A record is not acceptable, whenever it comes.
    #[error("a record is not valid: {0}")]
    Validation(String),
}

telemetry_core::debug_as_display!(StoreError);

impl StoreError {
    /// An error of a database.
    pub fn database(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Database(error.into())
    }
}

/// A [`StoreError`] without what the application made it of.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) error_type: PersistErrorType,
    /// In words for the log, or for whoever gets a record back that is not valid.
    pub(super) why: String,
}

impl Refused {
    pub(super) fn of(error: StoreError) -> Self {
        match error {
            StoreError::Validation(why) => Self { error_type: PersistErrorType::Validation, why },
            StoreError::Timeout => Self::timeout(),
            error => Self { error_type: PersistErrorType::DbError, why: error_message(&error) },
        }
    }

    pub(super) fn timeout() -> Self {
        Self { error_type: PersistErrorType::Timeout, why: StoreError::Timeout.to_string() }
    }

    pub(super) fn panicked() -> Self {
        Self { error_type: PersistErrorType::DbError, why: "the store panicked".to_owned() }
    }
}

/// Why records are given back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GivenBack {
    /// The store does not accept the record.
    #[error("the record is not valid: {0}")]
    Invalid(String),
    /// The queue ended before they could be stored, and nobody asked for what is left.
    #[error("the queue ended first")]
    Ended,
}
