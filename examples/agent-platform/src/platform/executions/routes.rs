//! The endpoints for tasks, agents and workflows. The body of a request is what the work is about.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::post;
use http::StatusCode;

use super::executor::Executor;

/// The endpoints. Those ending in `/start` answer at once, the others when all is done.
pub(crate) fn router(executor: Arc<Executor>) -> Router {
    Router::new()
        .route("/tasks/{tool}", post(execute_task))
        .route("/tasks/{tool}/start", post(start_task))
        .route("/agents/{agent}", post(execute_agent))
        .route("/agents/{agent}/start", post(start_agent))
        .route("/workflows/{workflow}", post(run_workflow))
        .with_state(executor)
}

async fn execute_task(State(executor): State<Arc<Executor>>, Path(tool): Path<String>, input: String) -> StatusCode {
    executor.execute_task(&tool, &input).await
}

async fn start_task(State(executor): State<Arc<Executor>>, Path(tool): Path<String>, input: String) -> StatusCode {
    executor.start_task(&tool, input)
}

async fn execute_agent(State(executor): State<Arc<Executor>>, Path(agent): Path<String>, input: String) -> StatusCode {
    executor.execute_agent(&agent, &input).await
}

async fn start_agent(State(executor): State<Arc<Executor>>, Path(agent): Path<String>, input: String) -> StatusCode {
    executor.start_agent(&agent, input)
}

async fn run_workflow(State(executor): State<Arc<Executor>>, Path(workflow): Path<String>) -> StatusCode {
    executor.run_workflow(&workflow).await
}
