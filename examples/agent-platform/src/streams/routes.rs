//! The endpoints of streams: server-sent events, and a WebSocket for each session.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State, WebSocketUpgrade};
use axum::response::sse::KeepAlive;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::{Stream, StreamExt as _};
use http::{HeaderMap, StatusCode};
use telemetry_core::Label as _;
use telemetry_stream::Producer;
use telemetry_stream::labels::{StreamKind, Transport};

use super::scenario::{Scenario, Told};
use super::{Streaming, scenario};

impl Streaming {
    /// The endpoints: server-sent events of executions, a WebSocket for each session.
    pub(crate) fn router(self: Arc<Self>) -> Router {
        Router::new().route("/streams/{kind}/{id}", get(follow)).route("/sessions/{id}", get(join)).with_state(self)
    }

    /// What the execution of a scenario publishes: an event carries the span that it was published in.
    fn publish(&self, scenario: Scenario) -> impl Stream<Item = Result<Told, &'static str>> + use<> {
        self.ledger.span("platform.publish");
        let producer = tracing::info_span!("platform.publish", id = scenario.id).in_scope(Producer::current);
        let open = Arc::clone(&self.open);
        // Let go with the stream, whoever drops it.
        scenario.publish(producer).inspect(move |_| _ = &open)
    }
}

async fn follow(
    State(streaming): State<Arc<Streaming>>,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let scenario = scenario::find(&kind, &id).filter(|scenario| scenario.transport() == Transport::Sse);
    let Some(scenario) = scenario else { return StatusCode::NOT_FOUND.into_response() };
    let stream = streaming.open(&scenario, &headers);
    stream.sse(streaming.publish(scenario)).keep_alive(KeepAlive::default()).into_response()
}

async fn join(
    State(streaming): State<Arc<Streaming>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(scenario) = scenario::find(StreamKind::Session.as_str(), &id) else {
        streaming.refuse_session();
        return StatusCode::NOT_FOUND.into_response();
    };
    let (stream, events) = (streaming.open(&scenario, &headers), streaming.publish(scenario));
    let open = streaming.socket();
    upgrade.on_upgrade(async move |socket| {
        stream.websocket(socket).forward(events).await;
        drop(open);
    })
}
