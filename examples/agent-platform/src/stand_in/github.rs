//! A stand-in for GitHub's API, as far as the platform's health asks it.

use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

/// Says at `/rate_limit` that there is no hurry.
pub(crate) fn rate_limit_routes() -> Router {
    Router::new().route("/rate_limit", get(rate_limit))
}

async fn rate_limit() -> Json<Value> {
    Json(json!({ "rate": { "limit": 5_000, "remaining": 4_900 } }))
}
