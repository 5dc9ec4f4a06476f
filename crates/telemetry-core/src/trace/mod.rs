//! Spans of guards: the sampling decision comes before the span is built.
//!
//! A span that is not sampled costs tracing-opentelemetry as much as one that is, up to the moment it is dropped. So a
//! guard asks first ([`ActiveSpan::start`]), and the SDK's sampler ([`Sampler`]) follows what was decided.
//!
//! The context of a guard flows on whether it has a span or not: where it has none, log records and the processes further
//! on still have the id of the trace (docs/adr/010).

/// The target of `tracing` spans that only log lines are to show: the layer that makes spans leaves them out.
pub const LOGS_ONLY: &str = "telemetry::logs_only";

/// The target of `tracing` events that only spans are to show, as their events: log records are not made of them.
pub const SPANS_ONLY: &str = "telemetry::spans_only";

mod active;
mod course;
mod macros;
mod made;
mod operation;
mod sampling;
mod started_by;
mod thread_end;

pub use active::ActiveSpan;
#[cfg(feature = "otlp")]
pub(crate) use course::{Course, Installed, set_out};
pub use course::{ScopedSampling, install, is_heard, scoped};
#[doc(hidden)]
pub use made::{guard_span, makes_guard_span};
pub use operation::{Dropped, End, Operation, PANIC};
pub use sampling::{Sampler, Sampling};
pub(crate) use started_by::StartedBy;
pub(crate) use thread_end::thread_is_alive;
