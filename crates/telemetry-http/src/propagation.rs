//! Through which propagator the context is read and written.

use http::{HeaderMap, HeaderName};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::{Context, global};
use telemetry_core::propagation::{
    Allowed, PropagatorSet, StrictPropagator, extract, extract_with, inject_allowed, inject_with,
};

pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// How the trace's context travels: through the process's propagator, unless the application has chosen the headers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Propagation(Option<StrictPropagator>);

impl Propagation {
    pub(crate) fn of(set: PropagatorSet) -> Self {
        Self(Some(StrictPropagator::new(set)))
    }

    pub(crate) fn extract(&self, headers: &HeaderMap) -> Context {
        match &self.0 {
            Some(propagator) => extract_with(propagator, headers),
            None => extract(headers),
        }
    }

    /// Whether the W3C's trace context is among what is handed on.
    pub(crate) fn has_trace_context(&self) -> bool {
        let has = |propagator: &dyn TextMapPropagator| propagator.fields().any(|field| TRACEPARENT == field);
        match &self.0 {
            Some(propagator) => has(propagator),
            None => global::get_text_map_propagator(|propagator| has(propagator)),
        }
    }

    /// Writes what may go to where the request goes. Headers that the application has chosen for its client go there
    /// in any case.
    pub(crate) fn inject(&self, context: &Context, allowed: Allowed, headers: &mut HeaderMap) {
        match &self.0 {
            Some(propagator) => inject_with(propagator, context, headers),
            None => inject_allowed(context, allowed, headers),
        }
    }
}
