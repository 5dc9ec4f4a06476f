//! The endpoint of the tools: the body of a request is the path that the tool works on.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::post;
use http::StatusCode;

use super::toolset::Toolset;

/// The endpoint of the tools.
pub(crate) fn router(tools: Arc<Toolset>) -> Router {
    Router::new().route("/mcp/{tool}", post(call_tool)).with_state(tools)
}

async fn call_tool(State(tools): State<Arc<Toolset>>, Path(tool): Path<String>, argument: String) -> StatusCode {
    tools.call(&tool, &argument).await
}
