use http::HeaderMap;
use opentelemetry::Context;
use telemetry_core::propagation::{PropagatorSet, StrictPropagator, extract, extract_with, inject, inject_with};

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

    pub(crate) fn inject(&self, context: &Context, headers: &mut HeaderMap) {
        match &self.0 {
            Some(propagator) => inject_with(propagator, context, headers),
            None => inject(context, headers),
        }
    }
}
