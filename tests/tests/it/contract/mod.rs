//! The declarations against the contracts in `tests/contract`, which are written by hand and change only on purpose.

mod canonical;
pub(crate) mod catalogues;
mod generated;
mod metrics;
mod operations;
mod spec;
