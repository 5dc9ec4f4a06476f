//! What an application hears of a queue: what was not taken, and what was not stored.

use crate::record::UsageRecord;

/// What a queue did until its end.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Drained {
    /// How many records were stored since the queue was started.
    pub stored: u64,
    /// What was not stored in time.
    pub left: Vec<UsageRecord>,
}

/// A record that a queue did not take.
#[derive(Clone, PartialEq, thiserror::Error)]
#[error("the record was not taken: {reason}")]
pub struct PushError {
    /// The record.
    pub record: Box<UsageRecord>,
    /// Why it was not taken.
    pub reason: PushReason,
}

telemetry_core::debug_as_display!(PushError);

/// Why a queue did not take a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PushReason {
    /// There is no room.
    #[error("the queue is full")]
    Full,
    /// The queue has ended.
    #[error("the queue has ended")]
    Ended,
}
