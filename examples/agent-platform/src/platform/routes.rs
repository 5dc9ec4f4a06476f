//! The endpoints for tasks, agents and workflows.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::post;
use http::StatusCode;

use super::{Platform, agent, engine, toolbox};

/// The endpoints. Those ending in `/start` answer at once, the others when all is done.
pub(crate) fn router(platform: Arc<Platform>) -> Router {
    Router::new()
        .route("/tasks/{tool}", post(execute_task))
        .route("/tasks/{tool}/start", post(start_task))
        .route("/agents/{agent}", post(execute_agent))
        .route("/agents/{agent}/start", post(start_agent))
        .route("/workflows/{workflow}", post(run_workflow))
        .with_state(platform)
}

async fn execute_task(State(platform): State<Arc<Platform>>, Path(tool): Path<String>) -> StatusCode {
    let Some(tool) = toolbox::find(&tool) else { return StatusCode::NOT_FOUND };
    platform.execute_task(tool).await
}

async fn start_task(State(platform): State<Arc<Platform>>, Path(tool): Path<String>) -> StatusCode {
    let Some(tool) = toolbox::find(&tool) else { return StatusCode::NOT_FOUND };
    platform.start_task(tool);
    StatusCode::ACCEPTED
}

async fn execute_agent(State(platform): State<Arc<Platform>>, Path(agent): Path<String>) -> StatusCode {
    platform.execute_agent(&agent).await
}

async fn start_agent(State(platform): State<Arc<Platform>>, Path(agent): Path<String>) -> StatusCode {
    let Some(agent) = agent::find(&agent) else { return StatusCode::NOT_FOUND };
    platform.start_agent(agent);
    StatusCode::ACCEPTED
}

async fn run_workflow(State(platform): State<Arc<Platform>>, Path(workflow): Path<String>) -> StatusCode {
    let Some(workflow) = engine::find(&workflow) else { return StatusCode::NOT_FOUND };
    platform.run_workflow(workflow).await
}
