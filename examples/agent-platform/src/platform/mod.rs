//! The platform itself, the code to copy: it knows nothing of what stands in for its surroundings or looks at it.

pub(crate) mod executions;
mod health;
pub(crate) mod mcp;
mod metrics;
pub(crate) mod models;
mod server;
pub(crate) mod streams;

pub(crate) use health::Vitals;
pub use metrics::CATALOGUE;
pub(crate) use server::Platform;
