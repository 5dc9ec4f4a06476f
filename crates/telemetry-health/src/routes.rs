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

/// The endpoints, added to a router of axum.
///
/// They are routes, and no router to be merged: merging one would put its fallback in place of the application's, and a
/// layer that measures requests would see no unmatched ones any more. So it makes no difference to the fallback whether they
/// are added before such a layer or after it; after it, they are not measured themselves.
pub trait RouterExt: Sized {
    /// Adds `/health/live`, `/health/ready` and `/health/startup`, for GET and HEAD.
    ///
    /// The status code is 200 for healthy and degraded, 503 for unhealthy; the body is the JSON of a [`HealthReport`].
    ///
    /// ```
    /// use axum::Router;
    /// use telemetry_core::Meter;
    /// use telemetry_health::{Health, RouterExt as _};
    ///
    /// let health = Health::new(&Meter::global());
    /// let app: Router = Router::new().health_routes(&health);
    /// ```
    #[must_use]
    fn health_routes(self, health: &Health) -> Self;

    /// Adds `/api/metrics` and `/metrics`, for GET and HEAD: the metrics as OpenMetrics for whoever prefers it, and else
    /// in Prometheus's text format 0.0.4.
    ///
    /// They are compressed for a client that accepts gzip. Who does not show the scraper's bearer token, if it has one, is
    /// answered 401. Without a token, whoever reaches the server reads the metrics: serve them on loopback or in a network of
    /// your own.
    ///
    /// ```no_run
    /// use axum::Router;
    /// use telemetry_core::Telemetry;
    /// use telemetry_health::RouterExt as _;
    ///
    /// let telemetry = Telemetry::builder("shop").prometheus_embedded().from_env()?.init()?;
    /// let mut app: Router = Router::new();
    /// if let Some(scraper) = telemetry.scraper() {
    ///     app = app.metrics_routes(scraper);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    fn metrics_routes(self, scraper: &Scraper) -> Self;
}

impl<S: Clone + Send + Sync + 'static> RouterExt for Router<S> {
    fn health_routes(self, health: &Health) -> Self {
        self.route("/health/live", get(live).with_state(health.clone()))
            .route("/health/ready", get(ready).with_state(health.clone()))
            .route("/health/startup", get(startup).with_state(health.clone()))
    }

    fn metrics_routes(self, scraper: &Scraper) -> Self {
        self.route("/api/metrics", get(metrics).with_state(scraper.clone()))
            .route("/metrics", get(metrics).with_state(scraper.clone()))
    }
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
