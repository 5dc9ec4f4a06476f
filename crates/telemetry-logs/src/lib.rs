#![doc = include_str!("../README.md")]

pub mod component;
mod context;
mod error;
mod escape;
mod fields;
#[cfg(feature = "lifecycle")]
mod install;
mod layer;
mod level;
mod line;
mod logs;
#[cfg(feature = "mixin")]
pub mod mixin;
mod nested;
#[cfg(feature = "axum")]
mod routes;
mod sampling;
mod scratch;
mod settings;
#[cfg(all(feature = "signals", unix))]
mod sighup;
mod sink;
mod timestamp;

pub use error::LogsError;
#[cfg(feature = "lifecycle")]
pub use install::install;
pub use logs::{Logs, LogsBuilder};
pub use nested::{Nested, nested};
#[cfg(feature = "axum")]
pub use routes::LogRouterExt;
pub use settings::{LogSettings, RetentionSettings, SamplingSettings};

/// The crate measures with core's metrics alone: `agentpane_errors_total` and `telemetry_dropped_total`.
pub const CATALOGUE: telemetry_core::Catalogue = telemetry_core::Catalogue::new(env!("CARGO_PKG_NAME"), &[]);
