//! A response of server-sent events: its headers, and its body whose bytes tell when they leave.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::HeaderValue;
use axum::response::sse::{Event, KeepAlive, KeepAliveStream, Sse};
use axum::response::{IntoResponse, Response};
use futures_core::Stream;
use http_body::{Frame, SizeHint};

use crate::delivery::Departures;

/// What nginx, and others after its example, hold a response back for or not.
const BUFFERING: &str = "x-accel-buffering";

/// A response of server-sent events that records itself, in place of axum's [`Sse`]; made by
/// [`StreamGuard::sse`](crate::StreamGuard::sse).
///
/// It says `cache-control: no-cache` and `x-accel-buffering: no`, so that proxies pass each event on as it comes. An
/// application that knows better sets its own, which take their place:
///
/// ```
/// use std::convert::Infallible;
///
/// use axum::response::IntoResponse;
/// use futures_util::stream;
/// use serde_json::json;
/// use telemetry_stream::Streams;
/// use telemetry_stream::labels::{StreamKind, Transport};
///
/// async fn follow() -> impl IntoResponse {
///     let events = stream::iter([Ok::<_, Infallible>(json!({ "type": "turn", "number": 1 }))]);
///     let stream = Streams::global().start(StreamKind::Agent, Transport::Sse, "exec-17");
///     ([("cache-control", "no-store")], stream.sse(events))
/// }
/// ```
#[must_use]
pub struct SseResponse<S> {
    sse: Sse<S>,
    departures: Arc<Departures>,
}

impl<S> SseResponse<S> {
    pub(crate) fn new(sse: Sse<S>, departures: Arc<Departures>) -> Self {
        Self { sse, departures }
    }

    /// Sends a comment, or what else is said, whenever there was no event for some time. It is no event itself.
    pub fn keep_alive(self, keep_alive: KeepAlive) -> SseResponse<KeepAliveStream<S>> {
        SseResponse { sse: self.sse.keep_alive(keep_alive), departures: self.departures }
    }
}

impl<S, E> IntoResponse for SseResponse<S>
where
    S: Stream<Item = Result<Event, E>> + Send + 'static,
    E: Into<BoxError>,
{
    fn into_response(self) -> Response {
        let departures = self.departures;
        let mut response = self.sse.into_response().map(|body| Body::new(Watched { body, departures }));
        response.headers_mut().insert(BUFFERING, HeaderValue::from_static("no"));
        response
    }
}

impl<S> fmt::Debug for SseResponse<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseResponse").field("sse", &self.sse).finish_non_exhaustive()
    }
}

/// A body whose bytes tell when they leave.
struct Watched {
    body: Body,
    departures: Arc<Departures>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        frame.map_ok(|frame| frame.map_data(|bytes| self.departures.watch(bytes)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
