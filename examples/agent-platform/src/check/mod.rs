//! What the platform did, and whether its telemetry says the same.

pub mod arrived;
pub(crate) mod canary;
mod compare;
mod ledger;
mod pull;
mod verdict;

pub(crate) use compare::{received, sent};
pub(crate) use ledger::Ledger;
pub use ledger::{Recorded, RecordedSeries};
pub(crate) use pull::pull;
