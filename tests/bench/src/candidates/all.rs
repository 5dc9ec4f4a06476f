//! All candidates, in the order of the report.

use super::{atomics, metrics_macros, opentelemetry, ours, prometheus, prometheus_client, tracing_layer};
use crate::interleave::Candidate;

/// The composite by every library; ours first, then the peers that look labels up, then what holds its handles.
pub(crate) fn composite() -> Vec<Candidate> {
    vec![
        atomics::composite(),
        opentelemetry::bound_composite(),
        ours::held_composite(),
        ours::composite(),
        prometheus::composite(),
        prometheus_client::composite(),
        opentelemetry::composite(),
        tracing_layer::composite(),
        metrics_macros::composite(),
    ]
}

/// A counter whose handle is held.
pub(crate) fn counter() -> Vec<Candidate> {
    vec![
        atomics::counter(),
        ours::counter(),
        opentelemetry::bound_counter(),
        prometheus::counter(),
        prometheus_client::counter(),
        metrics_macros::counter(),
    ]
}
