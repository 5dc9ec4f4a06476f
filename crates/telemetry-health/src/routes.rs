//! The endpoints, for axum.

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use telemetry_core::{Scraper, clock};

use crate::health::Health;
use crate::report::HealthReport;

/// How long answering took, in milliseconds.
const DURATION: HeaderName = HeaderName::from_static("x-health-check-duration");
/// An answer is of its moment: whoever keeps it tells of another.
const UNCACHED: HeaderValue = HeaderValue::from_static("no-cache, no-store, must-revalidate");

/// `/health/live`, `/health/ready` and `/health/startup`, for GET and HEAD.
///
/// The status code is 200 for healthy and degraded, 503 for unhealthy; the body is the JSON of a [`HealthReport`].
///
/// ```
/// use axum::Router;
/// use telemetry_core::Meter;
/// use telemetry_health::{Health, health_routes};
///
/// let health = Health::new(&Meter::global());
/// let app: Router = Router::new().merge(health_routes(&health));
/// ```
pub fn health_routes<S: Clone + Send + Sync + 'static>(health: &Health) -> Router<S> {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/health/startup", get(startup))
        .with_state(health.clone())
}

/// `/api/metrics` and `/metrics`, for GET and HEAD: the metrics in Prometheus's text format 0.0.4.
///
/// They are compressed for a client that accepts gzip. Who does not show the scraper's bearer token, if it has one, is answered 401. Without a token, whoever reaches the
/// server reads the metrics: serve them on loopback or in a network of your own.
///
/// ```no_run
/// use axum::Router;
/// use telemetry_core::Telemetry;
/// use telemetry_health::metrics_routes;
///
/// let telemetry = Telemetry::builder("shop").prometheus_embedded().from_env()?.init()?;
/// let mut app: Router = Router::new();
/// if let Some(scraper) = telemetry.scraper() {
///     app = app.merge(metrics_routes(scraper));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn metrics_routes<S: Clone + Send + Sync + 'static>(scraper: &Scraper) -> Router<S> {
    Router::new().route("/api/metrics", get(metrics)).route("/metrics", get(metrics)).with_state(scraper.clone())
}

async fn live(State(health): State<Health>) -> Response {
    let begun = clock::now();
    let mut response = answer(&health.liveness());
    let duration = format!("{:.3}ms", clock::now().saturating_duration_since(begun).as_secs_f64() * 1e3);
    if let Ok(duration) = HeaderValue::try_from(duration) {
        response.headers_mut().insert(DURATION, duration);
    }
    response
}

async fn ready(State(health): State<Health>) -> Response {
    answer(&health.readiness().await)
}

async fn startup(State(health): State<Health>) -> Response {
    answer(&health.startup())
}

fn answer(report: &HealthReport) -> Response {
    let status = if report.is_serving() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(CACHE_CONTROL, UNCACHED)], Json(report)).into_response()
}

async fn metrics(State(scraper): State<Scraper>, headers: HeaderMap) -> Response {
    scraper.answer(&headers).await.map(Body::from)
}
