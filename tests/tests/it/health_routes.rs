//! Health routes beside a layer that measures requests: in either order, what matches no route is measured.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Request;
use telemetry_health::{Health, RouterExt as _};
use telemetry_http::HttpLayer;
use telemetry_testkit::TestTelemetry;
use tower_service::Service as _;

const REQUESTS: &str = "agentpane_http_requests_total";

#[tokio::test]
async fn unmatched_requests_are_counted_whether_health_routes_come_before_the_layer_or_after() {
    for health_first in [true, false] {
        let telemetry = TestTelemetry::builder().entered();
        let (layer, health) = (HttpLayer::new(telemetry.meter()), Health::new(telemetry.meter()));
        let app = Router::new().route("/orders", get(|| async { "orders" }));
        let mut app: Router = match health_first {
            true => app.health_routes(&health).layer(layer),
            false => app.layer(layer).health_routes(&health),
        };
        for (path, status) in [("/nowhere", 404), ("/orders", 200), ("/health/live", 200)] {
            let answer = app.call(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(answer.status(), status, "{path}");
        }
        let count = |path| telemetry.metrics().total(REQUESTS, &[("path", path)]);
        assert_eq!((count("_unmatched"), count("/orders")), (1.0, 1.0), "health routes first: {health_first}");
        assert_eq!(count("/health/live"), if health_first { 1.0 } else { 0.0 });
    }
}
