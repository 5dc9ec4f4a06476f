//! The public API of telemetry-mixin, exercised as a library user does.

mod catalogue;
mod checker;
mod robustness;
