//! All that the platform serves, measured, and how it comes to rest.

use std::sync::Arc;

use axum::{BoxError, Router};
use telemetry_core::Meter;
use telemetry_http::HttpLayer;

use super::board::{self, Board};
use super::executions::{self, Executor};
use super::mcp::{self, Connections, Toolset};
use super::models::{self, Gateway};
use super::streams::{EventStore, Streaming};

/// The parts of the platform.
pub(crate) struct Platform<S> {
    pub(crate) board: Arc<Board>,
    pub(crate) executor: Arc<Executor>,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) toolset: Arc<Toolset>,
    pub(crate) connections: Connections,
    pub(crate) streaming: Arc<Streaming<S>>,
}

impl<S: EventStore> Platform<S> {
    /// The endpoints, whose requests are measured.
    pub(crate) fn routes(&self, meter: &Meter) -> Router {
        executions::router(Arc::clone(&self.executor))
            .merge(models::router(Arc::clone(&self.gateway)))
            .merge(mcp::router(Arc::clone(&self.toolset)))
            .merge(board::router(Arc::clone(&self.board)))
            .merge(board::follow_router(Arc::clone(&self.board), Arc::clone(&self.streaming)))
            .merge(Arc::clone(&self.streaming).router())
            .layer(HttpLayer::new(meter))
    }

    /// Waits for all that is under way, once the server takes no more requests.
    ///
    /// # Errors
    ///
    /// When usage records are left that could not be stored, or a server of tools does not end.
    pub(crate) async fn drain(self) -> Result<(), BoxError> {
        self.executor.drain().await;
        self.streaming.drain().await;
        self.gateway.drain().await?;
        self.connections.close().await
    }
}
