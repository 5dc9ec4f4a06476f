//! What operators see of the telemetry itself: what applications lose on the way, and the collector that passes it on.

mod alerts;
mod board;
mod certificates;
mod collector;
mod domain;
mod inhibitor;
mod losses;
mod names;

pub use domain::{domain, mixin};
