//! The declarations against the contracts in `tests/contract`, which are written by hand and change only on purpose.

mod catalogues;
mod metrics;
mod spec;
