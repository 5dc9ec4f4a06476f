//! Who stands before the platform's endpoints, and notes what is asked and how it is answered.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::{Method, StatusCode};
use telemetry_http::CLIENT_GONE;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::ledger::Ledger;
use super::{board, executions, mcp};

/// Notes all requests that pass it.
#[derive(Debug, Clone)]
pub(crate) struct Witness {
    ledger: Arc<Ledger>,
    requests: TaskTracker,
}

impl Witness {
    pub(crate) fn new(ledger: Arc<Ledger>) -> Self {
        Self { ledger, requests: TaskTracker::new() }
    }

    /// Puts itself before these routes.
    pub(crate) fn before(&self, routes: Router) -> Router {
        routes.layer(from_fn_with_state(self.clone(), watch))
    }

    /// Waits until all requests are noted, also those whose callers hung up.
    pub(crate) async fn wait(&self) {
        self.requests.close();
        self.requests.wait().await;
    }
}

async fn watch(State(witness): State<Witness>, route: MatchedPath, request: Request, next: Next) -> Response {
    let mut seen = Seen {
        ledger: witness.ledger,
        method: request.method().clone(),
        route,
        path: request.uri().path().to_owned(),
        answered: None,
        _under_way: witness.requests.token(),
    };
    let response = next.run(request).await;
    seen.answered = Some(response.status());
    response
}

/// A request under way. Dropped before there is a response, it is noted as left by its caller.
struct Seen {
    ledger: Arc<Ledger>,
    method: Method,
    route: MatchedPath,
    path: String,
    answered: Option<StatusCode>,
    _under_way: TaskTrackerToken,
}

impl Drop for Seen {
    fn drop(&mut self) {
        let (ledger, method, path) = (&self.ledger, self.method.as_str(), self.route.as_str());
        let route = [("method", method), ("path", path)];
        let status = self.answered.as_ref().map_or(CLIENT_GONE, StatusCode::as_str);
        ledger.add("agentpane_http_requests_total", &[route[0], route[1], ("status", status)], 1);
        ledger.add("agentpane_http_request_duration_seconds", &route, 1);
        ledger.add("agentpane_http_request_size_bytes", &route, 1);
        if self.answered.is_some() {
            ledger.add("agentpane_http_response_size_bytes", &route, 1);
        }
        if self.answered.is_some_and(|status| status.is_server_error()) {
            ledger.log("request failed");
        }
        ledger.span(&format!("http.{method} {path}"));
        let name = self.path.split('/').nth(2).unwrap_or_default();
        match path {
            "/mcp/{tool}" => mcp::answered(ledger, name),
            path => executions::answered(ledger, path, name, self.answered),
        }
        board::answered(ledger, &self.method, path, &self.path, self.answered);
    }
}
