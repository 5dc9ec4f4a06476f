//! The platform itself, the code to copy: it knows nothing of what stands in for its surroundings or looks at it.

pub(crate) mod board;
pub(crate) mod executions;
pub(crate) mod github;
mod health;
pub(crate) mod mcp;
mod metrics;
pub(crate) mod models;
mod server;
pub(crate) mod streams;
pub(crate) mod worktrees;

pub(crate) use health::Vitals;
pub use metrics::CATALOGUE;
pub(crate) use server::Platform;
