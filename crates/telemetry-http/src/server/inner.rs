//! What all requests of a layer share.

use std::sync::Arc;

use telemetry_core::{Family, Meter};

use super::settings::HttpSettings;
use crate::metrics::{RequestMetrics, RouteMetrics};
use crate::propagation::Propagation;
use crate::route::Routes;
use crate::semconv::Conventions;

/// What all requests of a layer share.
#[derive(Clone)]
pub(super) struct Inner {
    pub(super) requests: Family<RequestMetrics>,
    pub(super) by_route: Family<RouteMetrics>,
    pub(super) routes: Routes,
    pub(super) propagation: Propagation,
    pub(super) scheme: &'static str,
    pub(super) conventions: Arc<Conventions>,
}

impl Inner {
    pub(super) fn new(meter: &Meter, settings: &HttpSettings) -> Self {
        Self {
            requests: Family::new(meter),
            by_route: Family::new(meter),
            routes: Routes::default(),
            propagation: settings.propagators.map(Propagation::of).unwrap_or_default(),
            scheme: settings.scheme.as_str(),
            conventions: Arc::new(Conventions::new(meter, settings.semconv)),
        }
    }
}
