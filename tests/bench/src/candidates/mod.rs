//! The ways to record that are measured beside each other, one library a file.
//!
//! The composite is one tool execution: its latency in a histogram and its end in a counter, both by tool and outcome,
//! and the size of its output in a histogram by tool. The tool's id is a string that is known at run time only.

mod atomics;
mod metrics_macros;
mod opentelemetry;
pub(crate) mod ours;
pub(crate) mod prometheus;
pub(crate) mod prometheus_client;
mod tracing_layer;

use crate::interleave::Candidate;

/// What all others are compared with.
pub(crate) const LIMIT: &str = "the limit: relaxed atomics on known cells";

/// This workspace.
pub(crate) const OURS: &str = "telemetry-core, one look-up";

/// This workspace, the handle kept.
pub(crate) const OURS_HELD: &str = "telemetry-core, handle held";

/// What an `opentelemetry` user can do at best.
pub(crate) const BOUND: &str = "opentelemetry, bound handles held";

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

/// Those of the composite that look their labels up, as ours has to be ahead of them.
pub(crate) fn looks_up(name: &str) -> bool {
    ![LIMIT, BOUND, OURS, OURS_HELD].contains(&name)
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
