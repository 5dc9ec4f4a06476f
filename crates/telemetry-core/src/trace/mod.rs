//! Spans of guards: the sampling decision comes before the span is built.
//!
//! A span that is not sampled costs tracing-opentelemetry as much as one that is, up to the moment it is dropped. So a
//! guard asks first ([`ActiveSpan::start`]), and the SDK's sampler ([`Sampler`]) follows what was decided.

/// The target of `tracing` spans that only log lines are to show: the layer that makes spans leaves them out.
pub const LOGS_ONLY: &str = "telemetry::logs_only";

/// The target of `tracing` events that only spans are to show, as their events: log records are not made of them.
pub const SPANS_ONLY: &str = "telemetry::spans_only";

mod active;
mod macros;
mod operation;
mod sampling;

pub use active::ActiveSpan;
pub use operation::{Dropped, End, Operation, PANIC};
pub use sampling::{Sampler, Sampling, ScopedSampling, install, scoped};
