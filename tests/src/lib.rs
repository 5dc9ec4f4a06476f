//! The harness of the tests that cross crates: programs that are always stopped, free ports, waiting with a deadline, and
//! Prometheus's API.

mod failure;
pub mod guide;
pub mod http;
pub mod poll;
pub mod ports;
pub mod program;
pub mod prometheus;

pub use failure::Failure;
