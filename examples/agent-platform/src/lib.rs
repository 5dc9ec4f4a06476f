//! A small real agent platform: an HTTP server that executes tasks, agents and workflows with real tool processes, and
//! a seeded load that keeps it busy. Everything it does is recorded through the telemetry crates.
//!
//! Beside the telemetry it keeps a [ledger](Recorded) of what it did, by plain counting. The demo and the end-to-end
//! tests compare what arrived with that.

pub mod arrived;
mod canary;
pub mod client;
pub mod commands;
mod health;
mod http;
mod ledger;
mod llm;
mod load;
mod mcp;
mod metrics;
mod options;
mod platform;
mod report;
mod session;
mod streams;
mod tool;
mod w3c;

pub use commands::{Ended, Ready};
pub use ledger::{Recorded, RecordedSeries};
pub use metrics::CATALOGUE;
