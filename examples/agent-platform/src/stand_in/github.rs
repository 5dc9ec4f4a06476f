//! A stand-in for GitHub's API, as far as the platform asks it, which notes what it answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use crate::check::{Ledger, asked_github};

/// How many calls there may be in an hour.
const LIMIT: u64 = 5_000;
/// Fewer than so many are never left: whoever tries all of them is not what this is about.
const LEAST: u64 = 1_000;

struct GitHub {
    ledger: Arc<Ledger>,
    calls: AtomicU64,
}

/// What of the API there is.
pub(crate) fn github_routes(ledger: Arc<Ledger>) -> Router {
    Router::new()
        .route("/rate_limit", get(rate_limit))
        .route("/repos/{owner}/{repo}/commits/{ref}", get(commit))
        .route("/repos/{owner}/{repo}/pulls", post(open_pull))
        .with_state(Arc::new(GitHub { ledger, calls: AtomicU64::new(0) }))
}

/// Says that there is no hurry.
async fn rate_limit() -> Json<Value> {
    Json(json!({ "rate": { "limit": LIMIT, "remaining": LIMIT - 100 } }))
}

/// The last commit of a branch. Whoever asks for a broken one is told to ask less.
async fn commit(State(github): State<Arc<GitHub>>, Path((_, _, branch)): Path<(String, String, String)>) -> Response {
    let (endpoint, operation) = ("/repos/{owner}/{repo}/commits/{ref}", "repos/get-commit");
    if branch.starts_with("broken") {
        asked_github(&github.ledger, endpoint, operation, StatusCode::FORBIDDEN);
        return (StatusCode::FORBIDDEN, [("retry-after", "30")], Json(json!({"message": "secondary rate limit"})))
            .into_response();
    }
    asked_github(&github.ledger, endpoint, operation, StatusCode::OK);
    github.answer(StatusCode::OK, json!({"sha": "4f1c0de"}))
}

async fn open_pull(State(github): State<Arc<GitHub>>) -> Response {
    asked_github(&github.ledger, "/repos/{owner}/{repo}/pulls", "pulls/create", StatusCode::CREATED);
    github.answer(StatusCode::CREATED, json!({"number": 7}))
}

impl GitHub {
    /// An answer that says what is left of the limit.
    fn answer(&self, status: StatusCode, body: Value) -> Response {
        let calls = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let remaining = LIMIT.saturating_sub(calls).max(LEAST);
        let ends = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let ends = (ends + Duration::from_secs(1_800)).as_secs();
        let headers = [
            ("x-ratelimit-limit", LIMIT.to_string()),
            ("x-ratelimit-remaining", remaining.to_string()),
            ("x-ratelimit-reset", ends.to_string()),
            ("x-ratelimit-resource", "core".to_owned()),
        ];
        (status, headers, Json(body)).into_response()
    }
}
