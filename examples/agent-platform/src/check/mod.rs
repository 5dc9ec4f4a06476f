//! What is expected of the telemetry, noted by whoever drives the platform or stands in for its surroundings, and whether
//! that arrived.

pub mod arrived;
mod board;
pub(crate) mod canary;
mod compare;
mod executions;
mod ledger;
mod mcp;
mod models;
mod pull;
mod streams;
mod surroundings;
mod tools;
mod trace;
mod verdict;
mod witness;

pub(crate) use board::spent;
pub use canary::ALL as CANARIES;
pub(crate) use compare::{received, sent};
pub(crate) use executions::waited;
pub(crate) use ledger::Ledger;
pub use ledger::{Recorded, RecordedSeries};
pub(crate) use mcp::connected;
pub(crate) use models::{AskedModel, Used, made};
pub(crate) use pull::Pulled;
pub(crate) use streams::{FollowedStream, refused};
pub(crate) use surroundings::{asked_github, opened, queried, restored};
pub(crate) use trace::one_trace;
pub(crate) use witness::Witness;
