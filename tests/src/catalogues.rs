//! The crates that declare metrics; a test sees to it that none is missing.

use telemetry_core::Catalogue;

/// The catalogue of every crate that declares metrics.
pub const CATALOGUES: [Catalogue; 7] = [
    telemetry_core::CATALOGUE,
    telemetry_health::CATALOGUE,
    telemetry_http::CATALOGUE,
    telemetry_llm::CATALOGUE,
    telemetry_mcp::CATALOGUE,
    telemetry_runtime::CATALOGUE,
    telemetry_stream::CATALOGUE,
];
