//! A small real agent platform: an HTTP server that executes tasks, agents and workflows with real tool processes, and
//! a seeded load that keeps it busy. Everything it does is recorded through the telemetry crates.
//!
//! Beside the telemetry it keeps a [ledger](Recorded) of what it did, by plain counting. The demo and the end-to-end
//! tests compare what arrived with that.

mod check;
mod health;
mod http;
mod llm;
mod load;
mod mcp;
mod metrics;
mod platform;
mod program;
mod stand_in;
mod streams;

pub use check::{Recorded, RecordedSeries, arrived};
pub use load::client;
pub use metrics::CATALOGUE;
pub use program::{Ended, Ready, main};
