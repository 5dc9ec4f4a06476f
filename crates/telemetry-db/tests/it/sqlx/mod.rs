//! Pools of sqlx, measured, on SQLite.

mod failures;
mod pool;
mod size;
mod streams;
mod tasks;
mod transactions;
