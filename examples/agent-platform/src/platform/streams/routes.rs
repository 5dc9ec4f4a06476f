//! The endpoints of streams: server-sent events, and a WebSocket for each session.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State, WebSocketUpgrade};
use axum::response::sse::KeepAlive;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::StreamExt as _;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use telemetry_logs::component;
use telemetry_stream::labels::{StreamKind, Transport};
use telemetry_stream::{Seen, StreamEvent};

use super::event_store::{EventStore, Followed};
use super::streaming::Streaming;

impl<S: EventStore> Streaming<S> {
    /// The endpoints: server-sent events of executions, a WebSocket for each session.
    pub(crate) fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/streams/{kind}/{id}", get(follow::<S>))
            .route("/sessions/{id}", get(join::<S>))
            .with_state(self)
    }
}

impl<S> Streaming<S> {
    /// Serves what is followed as server-sent events.
    pub(crate) fn serve<E>(&self, followed: Followed<E>, id: &str, headers: &HeaderMap) -> Response
    where
        E: StreamEvent + Serialize + Send + 'static,
    {
        let (stream, open) = self.start(&followed, Transport::Sse, id, headers);
        // Let go with the events, whoever drops them.
        let events = followed.events.inspect(move |_| _ = &open);
        stream.sse(events).keep_alive(KeepAlive::default()).into_response()
    }
}

async fn follow<S: EventStore>(
    State(streaming): State<Arc<Streaming<S>>>,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let followed = streaming.store.follow(&kind, &id).filter(|followed| followed.kind != StreamKind::Session);
    match followed {
        Some(followed) => streaming.serve(followed, &id, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn join<S: EventStore>(
    State(streaming): State<Arc<Streaming<S>>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(followed) = streaming.store.follow(StreamKind::Session.as_str(), &id) else {
        streaming.refuse_session();
        return StatusCode::NOT_FOUND.into_response();
    };
    let (stream, open) = streaming.start(&followed, Transport::Websocket, &id, &headers);
    upgrade.on_upgrade(async move |socket| {
        let seat = component::session(Some(&id)).in_scope(|| streaming.take_seat(&id));
        // Each participant hears of an event, and the seat is given up with the events.
        let events = followed.events.inspect(move |event| {
            if let Ok(event) = event
                && let Seen::Event(event) = event.seen()
            {
                seat.event(event.event_type());
            }
        });
        stream.websocket(socket).forward(events).await;
        drop(open);
    })
}
