//! Behaviour of the database crate through its public API.

mod conventions;
mod fixture;
mod gauges;
mod guard;
mod settings;
#[cfg(feature = "sql")]
mod sql;
#[cfg(feature = "sqlx")]
mod sqlx;
