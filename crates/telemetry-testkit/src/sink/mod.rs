//! A real OTLP/gRPC receiver inside the test's process.

mod builder;
mod error;
mod faults;
mod otlp_sink;
mod receiver;
mod server;
mod store;
mod wait;

pub use builder::OtlpSinkBuilder;
pub use error::SinkError;
pub use otlp_sink::OtlpSink;
pub use store::{OtlpSignal, RequestCounts, SinkRequest};
