//! The endpoints of the board. The body of a request is what is to be done, or who says so.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use futures_util::StreamExt as _;
use http::{HeaderMap, StatusCode};
use telemetry_stream::labels::StreamKind;

use super::task_board::Board;
use super::worker::RunEnd;
use crate::platform::streams::{EventStore, Followed, Streaming};

/// The endpoints of the board.
pub(crate) fn router(board: Arc<Board>) -> Router {
    Router::new()
        .route("/projects/{project}/tasks/{task}", put(create).delete(remove))
        .route("/projects/{project}/tasks/{task}/runs/{agent}", post(work))
        .route("/projects/{project}/tasks/{task}/approve", post(approve))
        .route("/projects/{project}/tasks/{task}/reject", post(reject))
        .with_state(board)
}

/// Server-sent events of what agents do on a task.
pub(crate) fn follow_router<S: EventStore>(board: Arc<Board>, streaming: Arc<Streaming<S>>) -> Router {
    Router::new().route("/projects/{project}/tasks/{task}/events", get(follow::<S>)).with_state((board, streaming))
}

type OfTask = Path<(String, String)>;

async fn create(State(board): State<Arc<Board>>, Path((project, task)): OfTask, prompt: String) -> StatusCode {
    board.create(&project, &task, prompt).await.map_or_else(StatusCode::from, |()| StatusCode::CREATED)
}

async fn work(
    State(board): State<Arc<Board>>,
    Path((project, task, agent)): Path<(String, String, String)>,
) -> StatusCode {
    match board.work(&project, &task, &agent).await {
        Ok(RunEnd::Done) => StatusCode::OK,
        Ok(RunEnd::TurnLimit) => StatusCode::ACCEPTED,
        Ok(RunEnd::Failed) => StatusCode::BAD_GATEWAY,
        Err(not_done) => not_done.into(),
    }
}

async fn approve(State(board): State<Arc<Board>>, Path((project, task)): OfTask, user: String) -> StatusCode {
    board.approve(&project, &task, &user).await.map_or_else(StatusCode::from, |()| StatusCode::OK)
}

async fn reject(State(board): State<Arc<Board>>, Path((project, task)): OfTask, user: String) -> StatusCode {
    board.reject(&project, &task, &user).await.map_or_else(StatusCode::from, |()| StatusCode::OK)
}

async fn remove(State(board): State<Arc<Board>>, Path((project, task)): OfTask) -> StatusCode {
    board.remove(&project, &task).await.map_or_else(StatusCode::from, |()| StatusCode::OK)
}

async fn follow<S: EventStore>(
    State((board, streaming)): State<(Arc<Board>, Arc<Streaming<S>>)>,
    Path((project, task)): OfTask,
    headers: HeaderMap,
) -> Response {
    let channel = match board.channel(&project, &task) {
        Ok(channel) => channel,
        Err(not_done) => return StatusCode::from(not_done).into_response(),
    };
    let followed = Followed { kind: StreamKind::Task, events: channel.follow().boxed(), idle_timeout: None };
    streaming.serve(followed, &task, &headers)
}
