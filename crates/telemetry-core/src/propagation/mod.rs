//! Trace context and baggage across processes, by the letter of the W3C's recommendations.
//!
//! The SDK's propagators take what the recommendations forbid and hand it on. [`StrictPropagator`] takes only what is
//! valid and sends nothing that is not: a bad `traceparent` starts a new trace, a bad `tracestate` is left out.
//!
//! [`extract`] and [`inject`] go through the process's global propagator, which `Telemetry` installs; before that they
//! find and write nothing.
//!
//! ```
//! use opentelemetry::propagation::TextMapPropagator as _;
//! use opentelemetry::trace::TraceContextExt as _;
//! use telemetry_core::propagation::{AsExtractor, AsInjector, PropagatorSet, StrictPropagator};
//!
//! let mut received = http::HeaderMap::new();
//! received.insert("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".parse()?);
//!
//! let propagator = StrictPropagator::new(PropagatorSet::ALL);
//! let context = propagator.extract(&AsExtractor(&received));
//! assert!(context.span().span_context().is_sampled());
//!
//! let mut sent = http::HeaderMap::new();
//! propagator.inject_context(&context, &mut AsInjector(&mut sent));
//! assert_eq!(sent, received);
//! # Ok::<(), http::header::InvalidHeaderValue>(())
//! ```

mod baggage;
mod carrier;
mod destinations;
mod strict;
mod trace_context;
mod tracestate;

pub(crate) use baggage::copied;
pub use carrier::{
    AsExtractor, AsInjector, Carrier, current, extract, extract_with, inject, inject_allowed, inject_current,
    inject_with,
};
pub use destinations::{Allowed, Destinations, Hosts};
pub use strict::{PropagatorSet, StrictPropagator};
pub(crate) use trace_context::RANDOM;
pub use trace_context::{TraceContext, TraceContextError};
