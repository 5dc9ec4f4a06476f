//! The metric of the OpenTelemetry semantic conventions for HTTP servers, stable, as of version 1.40.

use telemetry_core::{Catalogue, Family, Histogram, Meter, Metrics, Semconv, SemconvSwitch};

/// The metrics of the OpenTelemetry semantic conventions that are recorded beside this crate's own, where the settings ask
/// for them.
pub const CONVENTIONS: Catalogue = Catalogue::new(env!("CARGO_PKG_NAME"), &[ServerMetrics::CATALOGUE]);

/// What the conventions measure of requests.
#[derive(Metrics)]
#[metrics(
    scope = "telemetry.http",
    convention,
    entity(
        method(name = "http.request.method", max = 10),
        route(name = "http.route", max = 500),
        scheme(name = "url.scheme"),
        status(name = "http.response.status_code"),
        error(name = "error.type")
    )
)]
pub(crate) struct ServerMetrics {
    /// Duration of HTTP server requests
    #[metric(
        name = "http.server.request.duration",
        unit = "s",
        buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0]
    )]
    duration: Histogram,
}

/// The conventions' metric, recorded beside our own on request.
pub(crate) struct Conventions {
    switch: SemconvSwitch,
    servers: Family<ServerMetrics>,
}

impl Conventions {
    pub(crate) fn new(meter: &Meter, told: Option<bool>) -> Self {
        Self { switch: SemconvSwitch::new(meter, Semconv::Http, told), servers: Family::new(meter) }
    }

    /// Records a request's duration, if that is wanted. What is empty does not apply.
    pub(crate) fn record(&self, seconds: f64, request: ServerMetricsKey<'_>) {
        if self.switch.is_on() {
            self.servers.get(request).duration.record(seconds);
        }
    }
}
