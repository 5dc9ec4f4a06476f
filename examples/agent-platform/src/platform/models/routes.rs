//! The endpoint of the models: the body of a request is the prompt, that of the answer what the provider says.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;

use super::gateway::Gateway;

/// The endpoint of the models.
pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    Router::new().route("/models/{deployment}", post(ask)).with_state(gateway)
}

async fn ask(State(gateway): State<Arc<Gateway>>, Path(deployment): Path<String>, prompt: String) -> Response {
    gateway.ask(&deployment, &prompt).await
}
