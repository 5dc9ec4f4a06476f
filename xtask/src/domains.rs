//! The one list of domains, which every command that looks at metrics reads.

use telemetry_core::Catalogue;
use telemetry_mixin::model::{Domain, Mixin};

/// Every domain of the workspace.
pub(crate) fn domains() -> Vec<Domain> {
    // Core measures what no team looks at by itself: it has metrics, and dashboards of others show them.
    let core = Domain::new("core", telemetry_core::CATALOGUE, Mixin::new());
    let (health, http) = (telemetry_health::mixin::domain(), telemetry_http::mixin::domain());
    let (runtime, llm) = (telemetry_runtime::mixin::domain(), telemetry_llm::mixin::domain());
    let (mcp, stream) = (telemetry_mcp::mixin::domain(), telemetry_stream::mixin::domain());
    vec![core, health, http, runtime, llm, mcp, stream]
}

/// The metrics of every domain.
pub(crate) fn catalogues() -> Vec<Catalogue> {
    domains().iter().map(|domain| domain.catalogue).collect()
}
