//! What is measured of requests and of routes.

use telemetry_core::{Catalogue, Counter, Histogram, Metrics};

/// Every metric of this crate.
pub const CATALOGUE: Catalogue =
    Catalogue::new(env!("CARGO_PKG_NAME"), &[RequestMetrics::CATALOGUE, RouteMetrics::CATALOGUE]);

/// The requests of one route, by the status that they were answered with.
///
/// The methods are all there are: nine known ones and `_OTHER`. Routes are as many as the application declares.
#[derive(Metrics)]
#[metrics(
    scope = "telemetry.http",
    entity(
        method(values = "HTTP method, _OTHER for an unknown one", max = 10),
        path(values = "route template", max = 500),
        status(values = "HTTP status code")
    )
)]
pub struct RequestMetrics {
    /// HTTP requests
    #[metric(name = "agentpane_http_requests_total")]
    pub requests: Counter,
}

/// What is measured of one route.
#[derive(Metrics)]
#[metrics(
    scope = "telemetry.http",
    entity(
        method(values = "HTTP method, _OTHER for an unknown one", max = 10),
        path(values = "route template", max = 500)
    )
)]
pub struct RouteMetrics {
    /// HTTP request duration
    #[metric(
        name = "agentpane_http_request_duration_seconds",
        unit = "s",
        buckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]
    )]
    pub duration: Histogram,
    /// HTTP request body size
    #[metric(
        name = "agentpane_http_request_size_bytes",
        unit = "By",
        buckets = [100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0]
    )]
    pub request_size: Histogram,
    /// HTTP response body size
    #[metric(
        name = "agentpane_http_response_size_bytes",
        unit = "By",
        buckets = [100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0]
    )]
    pub response_size: Histogram,
}
