//! Liveness, readiness and startup of a service, checks of its components, and metrics of its process.
//!
//! - [`Health`] holds the checks of a service: each runs in a task of its own, under a timeout, and once for all who ask
//!   at the same time; what it found is believed for a while. A check hangs, panics or fails for its component alone.
//! - [`HealthCheck`] is what a check is; any closure that returns a future is one. [`FileSystem`] and [`DatabaseQuery`]
//!   are there, and with the feature `http` also `HttpCheck` and `GitHubRateLimit`.
//! - [`Process`] observes the process: memory, CPU time, open files, uptime.
//! - With the feature `axum`, `health_routes` and `metrics_routes` are what an orchestrator and Prometheus call.
//!
//! | endpoint | answers |
//! |---|---|
//! | `/health/live` | 200 as long as the process answers; it asks no component |
//! | `/health/startup` | 503 until all startup steps are complete |
//! | `/health/ready` | 503 while a required component is unhealthy, or startup is under way |
//! | `/api/metrics`, `/metrics` | the metrics in Prometheus's text format |
//!
//! ```
//! use telemetry_core::Meter;
//! use telemetry_health::{DatabaseQuery, FileSystem, Health, Process};
//!
//! # async fn select_one() -> Result<(), std::io::Error> { Ok(()) }
//! # fn main() -> Result<(), telemetry_health::HealthError> {
//! let meter = Meter::global();
//! let _process = Process::new().observe(&meter);
//! let health = Health::new(&meter);
//! health
//!     .required("database", DatabaseQuery::new(select_one).detail("database", "tasks"))?
//!     .optional("worktrees", FileSystem::new("/var/lib/agentpane/worktrees"))?;
//! # Ok(())
//! # }
//! ```

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
pub use metrics::{CATALOGUE, HealthMetrics, ProcessMetrics};
pub use process::{Heap, ObservedProcess, Process};
pub use report::{ComponentHealth, HealthReport};
#[cfg(feature = "axum")]
pub use routes::{health_routes, metrics_routes};
pub use settings::HealthSettings;
pub use startup::StartupStep;
pub use status::Status;
pub use verdict::Verdict;
pub use watch::Watch;
