//! The platform's endpoints as a server: measured by the HTTP layer, and noted in the ledger.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::{Method, StatusCode};
use telemetry_core::Meter;
use telemetry_http::{CLIENT_GONE, HttpLayer};

use crate::check::Ledger;

/// Measures the requests of these routes.
pub(crate) fn measured(routes: Router, meter: &Meter, ledger: &Arc<Ledger>) -> Router {
    routes.layer(HttpLayer::new(meter)).layer(from_fn_with_state(Arc::clone(ledger), note))
}

async fn note(State(ledger): State<Arc<Ledger>>, route: MatchedPath, request: Request, next: Next) -> Response {
    let mut noted = RequestNote { ledger, method: request.method().clone(), route, answered: None };
    let response = next.run(request).await;
    noted.answered = Some(response.status());
    response
}

/// A request under way. Dropped before there is a response, it is noted as left by its caller.
struct RequestNote {
    ledger: Arc<Ledger>,
    method: Method,
    route: MatchedPath,
    answered: Option<StatusCode>,
}

impl Drop for RequestNote {
    fn drop(&mut self) {
        let (method, path) = (self.method.as_str(), self.route.as_str());
        let route = [("method", method), ("path", path)];
        let status = self.answered.as_ref().map_or(CLIENT_GONE, StatusCode::as_str);
        self.ledger.add("agentpane_http_requests_total", &[route[0], route[1], ("status", status)], 1);
        self.ledger.add("agentpane_http_request_duration_seconds", &route, 1);
        self.ledger.add("agentpane_http_request_size_bytes", &route, 1);
        if self.answered.is_some() {
            self.ledger.add("agentpane_http_response_size_bytes", &route, 1);
        }
        if self.answered.is_some_and(|status| status.is_server_error()) {
            self.ledger.log("request failed");
        }
        self.ledger.span(&format!("http.{method} {path}"));
    }
}
