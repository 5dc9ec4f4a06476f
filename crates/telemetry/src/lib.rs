#![doc = include_str!("../README.md")]

mod domains;
mod start;

pub use domains::*;
pub use start::{builder, init};
pub use telemetry_core as core;
#[cfg(all(feature = "signals", unix))]
pub use telemetry_core::AfterSignal;
pub use telemetry_core::{
    Counter, Family, Gauge, Histogram, InitError, Label, Meter, Metrics, Single, Telemetry, TelemetryBuilder,
};
#[cfg(feature = "mixin")]
pub use telemetry_mixin as mixin;
