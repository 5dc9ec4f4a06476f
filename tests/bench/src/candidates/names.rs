//! The candidates that others are compared with, by name.

/// What all others are compared with.
pub(crate) const LIMIT: &str = "the limit: relaxed atomics on known cells";

/// This workspace.
pub(crate) const OURS: &str = "telemetry-core, one look-up";

/// This workspace, the handle kept.
pub(crate) const OURS_HELD: &str = "telemetry-core, handle held";

/// What an `opentelemetry` user can do at best.
pub(crate) const BOUND: &str = "opentelemetry, bound handles held";

/// Those of the composite that look their labels up, as ours has to be ahead of them.
pub(crate) fn looks_up(name: &str) -> bool {
    ![LIMIT, BOUND, OURS, OURS_HELD].contains(&name)
}
