#![doc = include_str!("../README.md")]

mod connections;
mod database;
mod db;
mod inner;
pub mod labels;
#[cfg(feature = "sqlx")]
mod measured;
mod metrics;
#[cfg(feature = "mixin")]
pub mod mixin;
mod query;
mod semconv;
mod settings;
mod size;
#[cfg(feature = "sql")]
mod sql;
mod system;
mod tables;

pub use connections::Connections;
pub use database::Database;
pub use db::Db;
#[cfg(feature = "sqlx")]
pub use measured::{
    MeasuredConnection, MeasuredPool, MeasuredPoolConnection, MeasuredTransaction, SizeError, SizeWatch,
};
pub use metrics::CATALOGUE;
#[doc(hidden)]
pub use metrics::{ConnectionMetrics, QueryMetrics, SizeMetrics};
pub use query::{QueryGuard, QueryStart};
pub use semconv::CONVENTIONS;
pub use settings::DbSettings;
pub use size::DatabaseSize;
