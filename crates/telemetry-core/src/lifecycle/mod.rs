//! From settings to running telemetry, and to its orderly end.

mod background;
mod bounded;
mod builder;
mod certificates;
mod connect;
mod console;
mod error;
mod global;
mod layers;
mod masked;
mod output;
mod panic;
mod pipeline;
mod pull;
mod report;
mod resource;
mod running;
mod signals;
#[cfg(all(feature = "signals", unix))]
mod stop;
mod telemetry;
mod whole_numbers;

pub use builder::TelemetryBuilder;
pub use error::InitError;
pub use output::{LogOutput, LogStart};
pub use report::{FlushReport, ShutdownReport, SignalReport};
#[cfg(all(feature = "signals", unix))]
pub use stop::AfterSignal;
pub use telemetry::Telemetry;
