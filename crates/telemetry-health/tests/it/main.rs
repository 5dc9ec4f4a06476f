//! Behaviour of the health crate through its public API.

mod adding;
mod checks;
mod fixture;
#[cfg(feature = "http")]
mod github;
#[cfg(feature = "http")]
mod http;
mod metrics;
mod panics;
mod process;
#[cfg(feature = "axum")]
mod routes;
mod runtimes;
mod secrets;
#[cfg(any(feature = "axum", feature = "http"))]
mod server;
mod settings;
mod startup;
mod statuses;
mod timing;
