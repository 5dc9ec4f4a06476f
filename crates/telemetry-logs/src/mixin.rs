//! The domain as data: what the crate measures core declares, and core's dashboards show it.

use telemetry_mixin::model::{Domain, Mixin};

/// The domain.
#[must_use]
pub fn domain() -> Domain {
    Domain::new("logs", crate::CATALOGUE, Mixin::new())
}
