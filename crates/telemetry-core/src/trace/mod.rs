//! Spans of guards: the sampling decision comes before the span is built.
//!
//! A span that is not sampled costs tracing-opentelemetry as much as one that is, up to the moment it is dropped. So a
//! guard asks first ([`ActiveSpan::start`]), and the SDK's sampler ([`Sampler`]) follows what was decided.

mod active;
mod sampling;

pub use active::ActiveSpan;
pub use sampling::{Sampler, Sampling, ScopedSampling, install, scoped};
