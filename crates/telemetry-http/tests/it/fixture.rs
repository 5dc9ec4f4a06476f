//! Telemetry in memory, and layers that record into it.

use std::ops::Deref;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::MatchedPath;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use telemetry_core::propagation::PropagatorSet;
use telemetry_core::trace::Sampling;
use telemetry_http::{HttpLayer, HttpSettings, RequestHead, Route};
use telemetry_testkit::{EnteredTelemetry, TestTelemetry};
use tower_service::Service as _;

/// The names of the contract, of which the tests need one spelling.
pub(crate) struct Names {
    pub(crate) requests: &'static str,
    pub(crate) duration: &'static str,
    pub(crate) request_size: &'static str,
    pub(crate) response_size: &'static str,
}

pub(crate) const NAMES: Names = Names {
    requests: "agentpane_http_requests_total",
    duration: "agentpane_http_request_duration_seconds",
    request_size: "agentpane_http_request_size_bytes",
    response_size: "agentpane_http_response_size_bytes",
};

/// Telemetry in memory for this thread.
pub(crate) struct Fixture {
    telemetry: EnteredTelemetry,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::sampling(Sampling::AlwaysOn)
    }

    pub(crate) fn sampling(sampling: Sampling) -> Self {
        Self { telemetry: TestTelemetry::builder().sampling(sampling).entered() }
    }

    /// The layer, which reads and writes the W3C's headers whatever the process's propagator is.
    pub(crate) fn layer(&self) -> HttpLayer {
        self.layer_with(HttpSettings::default())
    }

    pub(crate) fn layer_with(&self, settings: HttpSettings) -> HttpLayer {
        let settings = HttpSettings { propagators: Some(PropagatorSet::ALL), ..settings };
        HttpLayer::with_settings(self.telemetry.meter(), settings).expect("the settings are good").routes(matched)
    }

    /// Asserts that one request was counted under this status, and measured.
    #[track_caller]
    pub(crate) fn assert_counted(&self, method: &str, path: &str, status: &str) {
        let route = [("method", method), ("path", path)];
        let metrics = self.metrics();
        metrics.assert_counter(NAMES.requests, &[route[0], route[1], ("status", status)], 1.0);
        metrics.assert_total(NAMES.requests, &route, 1.0);
        metrics.assert_histogram_count(NAMES.duration, &route, 1);
        metrics.assert_histogram_count(NAMES.request_size, &route, 1);
    }

    /// The bytes of all requests and of all responses of a route.
    #[track_caller]
    pub(crate) fn sizes(&self, method: &str, path: &str) -> (f64, f64) {
        let route = [("method", method), ("path", path)];
        let metrics = self.metrics();
        (metrics.histogram(NAMES.request_size, &route).sum, metrics.histogram(NAMES.response_size, &route).sum)
    }
}

impl Deref for Fixture {
    type Target = TestTelemetry;

    fn deref(&self) -> &TestTelemetry {
        &self.telemetry
    }
}

/// The route by axum's router, also where the feature that does it is off.
pub(crate) fn matched(request: RequestHead<'_>) -> Option<Route> {
    request.extensions().get::<MatchedPath>().map(|path| Route::new(path.as_str()))
}

/// Calls a router without a socket.
pub(crate) async fn call(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().call(request).await.unwrap_or_else(|never| match never {})
}

pub(crate) async fn get(router: &Router, path: &str) -> Response<Body> {
    call(router, Request::get(path).body(Body::empty()).expect("the path is sound")).await
}

pub(crate) async fn read(response: Response<Body>) -> Bytes {
    response.into_body().collect().await.expect("the body is sound").to_bytes()
}

/// The text of a header, of which there is one line.
#[track_caller]
pub(crate) fn header<'a, B>(response: &'a Response<B>, name: &str) -> &'a str {
    let mut lines = response.headers().get_all(name).iter();
    let value = lines.next().unwrap_or_else(|| panic!("no {name}"));
    assert!(lines.next().is_none(), "several lines of {name}");
    value.to_str().expect("it is text")
}
