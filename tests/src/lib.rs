//! The harness of the tests that cross crates: the list of catalogues, programs that are always stopped, free ports, waiting with a deadline, and
//! Prometheus's API.

pub mod catalogues;
pub mod http;
pub mod poll;
pub mod ports;
pub mod program;
pub mod prometheus;

/// What ends a test before it has come to a verdict.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
