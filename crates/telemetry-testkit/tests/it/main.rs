//! Behaviour of the test kit through its public API.

mod client;
mod entered;
mod eventually;
mod memory;
mod metrics;
mod sampling;
mod sink;
