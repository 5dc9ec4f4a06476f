#![doc = include_str!("../README.md")]

mod check;
mod checks;
mod component;
mod error;
mod finding;
mod health;
pub mod labels;
mod message;
mod metrics;
#[cfg(feature = "mixin")]
pub mod mixin;
mod process;
mod report;
#[cfg(feature = "axum")]
mod routes;
mod settings;
mod startup;
mod status;
mod uptime;
mod verdict;
mod watch;

pub use async_trait::async_trait;
pub use check::{Check, HealthCheck};
pub use checks::{DatabaseQuery, FileSystem};
#[cfg(feature = "http")]
pub use checks::{GitHubRateLimit, HttpCheck, HttpCheckError};
pub use error::HealthError;
pub use health::Health;
pub use metrics::{CATALOGUE, ComponentKind, HealthMetrics, ProcessMetrics};
pub use process::{Heap, ObservedProcess, Process};
pub use report::{ComponentHealth, HealthReport};
#[cfg(feature = "axum")]
pub use routes::RouterExt;
pub use settings::HealthSettings;
pub use startup::StartupStep;
pub use status::Status;
pub use verdict::Verdict;
pub use watch::Watch;
