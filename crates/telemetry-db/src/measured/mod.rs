//! sqlx, measured: a pool, its connections and its transactions, through which an application's queries go as before.

mod connection;
mod executor;
mod failure;
mod place;
mod pool;
mod rows;
mod size;
mod told;
mod transaction;

pub use connection::{MeasuredConnection, MeasuredPoolConnection};
pub use pool::MeasuredPool;
pub use size::{SizeError, SizeWatch};
pub use transaction::MeasuredTransaction;
