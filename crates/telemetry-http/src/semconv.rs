//! The metric of the OpenTelemetry semantic conventions for HTTP servers, stable, as of version 1.40.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Histogram;
use telemetry_core::Meter;

/// The buckets that the conventions advise, in seconds.
const BUCKETS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// `http.server.request.duration`.
pub(crate) struct ServerDuration {
    meter: Meter,
    histogram: OnceLock<Histogram<f64>>,
}

/// What a request is told apart by.
pub(crate) struct Request<'a> {
    pub(crate) method: &'static str,
    pub(crate) scheme: &'static str,
    pub(crate) route: Option<&'a str>,
    pub(crate) status: Option<u16>,
    pub(crate) error_type: Option<&'a str>,
}

impl ServerDuration {
    pub(crate) fn new(meter: &Meter) -> Self {
        Self { meter: meter.clone(), histogram: OnceLock::new() }
    }

    pub(crate) fn record(&self, seconds: f64, request: &Request<'_>) {
        let Some(histogram) = self.histogram() else { return };
        let mut attributes = Vec::with_capacity(5);
        attributes.extend(request.error_type.map(|error| KeyValue::new("error.type", error.to_owned())));
        attributes.push(KeyValue::new("http.request.method", request.method));
        attributes.extend(request.status.map(|status| KeyValue::new("http.response.status_code", i64::from(status))));
        attributes.extend(request.route.map(|route| KeyValue::new("http.route", route.to_owned())));
        attributes.push(KeyValue::new("url.scheme", request.scheme));
        histogram.record(seconds, &attributes);
    }

    fn histogram(&self) -> Option<&Histogram<f64>> {
        if let Some(histogram) = self.histogram.get() {
            return Some(histogram);
        }
        let meter = self.meter.opentelemetry("telemetry.http")?;
        Some(self.histogram.get_or_init(|| {
            let builder = meter.f64_histogram("http.server.request.duration").with_unit("s");
            builder.with_description("Duration of HTTP server requests.").with_boundaries(BUCKETS.to_vec()).build()
        }))
    }
}
