//! Telemetry in memory: no network, no global state.

mod assertions;
mod builder;
mod capture;
mod entered;
mod reader;
mod scope;
mod subscriber;
mod telemetry;

pub use builder::TestTelemetryBuilder;
pub use entered::EnteredTelemetry;
pub use scope::{Captured, TelemetryGuard};
pub use telemetry::TestTelemetry;
