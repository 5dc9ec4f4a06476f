//! Responses of server-sent events that record themselves.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::BoxError;
use axum::response::sse::{Event, Sse};
use futures_core::Stream;
use pin_project_lite::pin_project;
use serde::Serialize;

use crate::delivery::{Delivery, Departures};
use crate::event::{Seen, StreamEvent};
use crate::feed::Feed;
use crate::guard::StreamGuard;
use crate::metrics::CloseReason;
use crate::sse_response::SseResponse;

pin_project! {
    /// The events of a response of server-sent events; made by [`StreamGuard::sse`].
    pub struct SseEvents<S, W> {
        #[pin]
        feed: Feed<S>,
        write: W,
    }
}

pin_project! {
    /// The items of a response of server-sent events, of which a closure tells what each is; made by
    /// [`StreamGuard::sse_as`].
    pub struct SseItems<S, L> {
        #[pin]
        feed: Feed<S>,
        look: L,
    }
}

impl StreamGuard {
    /// A response of server-sent events that records itself: each event under the name of its type, as JSON.
    ///
    /// How it ends is found out as with [`observe`](Self::observe); a client that leaves drops the response. An event
    /// that JSON cannot say ends the stream as `serialization_error`. An error of either kind aborts the response, so
    /// that the client does not take what it got for all. Keep-alives are added as usual and are no events.
    ///
    /// An event counts as sent when the connection has written it, over HTTP/2 when it is in line there. The error that
    /// aborts a response waits for that, unless the client takes nothing for as long as
    /// [`StreamSettings::close_timeout`](crate::StreamSettings::close_timeout) says. Proxies are told to pass events on as
    /// they come: see [`SseResponse`].
    ///
    /// A client that reads slowly slows the stream down and counts as connected; one that never reads does so until its
    /// connection is given up. The server that axum starts takes one that closes its sending half for gone.
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use axum::extract::Path;
    /// use axum::http::HeaderMap;
    /// use axum::response::IntoResponse;
    /// use axum::response::sse::KeepAlive;
    /// use futures_util::stream;
    /// use serde_json::json;
    /// use telemetry_stream::Streams;
    /// use telemetry_stream::labels::{StreamKind, Transport};
    ///
    /// async fn follow(Path(execution): Path<String>, headers: HeaderMap) -> impl IntoResponse {
    ///     let stream = Streams::global().stream(StreamKind::Agent, Transport::Sse, &execution).headers(&headers).start();
    ///     let events = stream::iter([Ok::<_, Infallible>(json!({ "type": "turn", "number": 1 }))]);
    ///     stream.sse(events).keep_alive(KeepAlive::default())
    /// }
    /// ```
    pub fn sse<S, T, E>(self, events: S) -> SseResponse<SseEvents<S, impl FnMut(&T) -> Result<Event, BoxError>>>
    where
        S: Stream<Item = Result<T, E>> + Send + 'static,
        T: StreamEvent + Serialize + 'static,
        E: Into<BoxError>,
    {
        self.sse_with(events, json)
    }

    /// [`sse`](Self::sse) with the caller's own form of an event: for ids, other names, other data than JSON.
    pub fn sse_with<S, T, E, W, X>(
        self,
        events: S,
        mut write: W,
    ) -> SseResponse<SseEvents<S, impl FnMut(&T) -> Result<Event, BoxError>>>
    where
        S: Stream<Item = Result<T, E>> + Send + 'static,
        T: StreamEvent + 'static,
        E: Into<BoxError>,
        W: FnMut(&T) -> Result<Event, X> + Send + 'static,
        X: Into<BoxError>,
    {
        let write = move |event: &T| write(event).map_err(Into::into);
        respond(|delivery| SseEvents { feed: Feed::new(self, events, delivery), write })
    }

    /// A response of axum's own events, or of what becomes one, that records itself: `look` tells what each is. An event
    /// of axum's does not give its name away.
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use axum::response::IntoResponse;
    /// use axum::response::sse::{Event, KeepAlive};
    /// use futures_util::stream;
    /// use telemetry_stream::Streams;
    /// use telemetry_stream::labels::{StreamKind, Transport};
    ///
    /// async fn follow() -> impl IntoResponse {
    ///     let events = stream::iter([Ok::<_, Infallible>(Event::default().event("turn").data("1"))]);
    ///     let stream = Streams::global().start(StreamKind::Agent, Transport::Sse, "exec-17");
    ///     stream.sse_as(events, |_| "turn".into()).keep_alive(KeepAlive::default())
    /// }
    /// ```
    pub fn sse_as<S, T, E, L>(self, events: S, look: L) -> SseResponse<SseItems<S, L>>
    where
        S: Stream<Item = Result<T, E>> + Send + 'static,
        T: Into<Event> + 'static,
        E: Into<BoxError> + 'static,
        L: FnMut(&T) -> Seen<'_> + Send + 'static,
    {
        respond(|delivery| SseItems { feed: Feed::new(self, events, delivery), look })
    }
}

impl<S, T, E, W> Stream for SseEvents<S, W>
where
    S: Stream<Item = Result<T, E>>,
    T: StreamEvent,
    E: Into<BoxError>,
    W: FnMut(&T) -> Result<Event, BoxError>,
{
    type Item = Result<Event, BoxError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        let Some(item) = ready!(this.feed.as_mut().poll(cx)?) else { return Poll::Ready(None) };
        match this.feed.as_mut().run(|| (this.write)(&item)) {
            Ok(event) => {
                this.feed.handed_on(|| item.seen());
                Poll::Ready(Some(Ok(event)))
            }
            Err(error) => this.feed.fail(CloseReason::SerializationError, error, cx).map(|error| error.map(Err)),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.feed.size_hint()
    }
}

impl<S: Stream, W> fmt::Debug for SseEvents<S, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseEvents").field("guard", self.feed.guard()).finish_non_exhaustive()
    }
}

impl<S, T, E, L> Stream for SseItems<S, L>
where
    S: Stream<Item = Result<T, E>>,
    T: Into<Event>,
    E: Into<BoxError>,
    L: FnMut(&T) -> Seen<'_>,
{
    type Item = Result<Event, BoxError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        let Some(item) = ready!(this.feed.as_mut().poll(cx)?) else { return Poll::Ready(None) };
        this.feed.as_mut().handed_on(|| (this.look)(&item));
        Poll::Ready(Some(Ok(this.feed.run(|| item.into()))))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.feed.size_hint()
    }
}

impl<S: Stream, L> fmt::Debug for SseItems<S, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseItems").field("guard", self.feed.guard()).finish_non_exhaustive()
    }
}

/// The response of events that report to it what has left.
fn respond<S, E>(events: impl FnOnce(Delivery) -> S) -> SseResponse<S>
where
    S: Stream<Item = Result<Event, E>> + Send + 'static,
    E: Into<BoxError>,
{
    let departures = Arc::new(Departures::default());
    SseResponse::new(Sse::new(events(Delivery::new(Arc::clone(&departures)))), departures)
}

fn json<T: StreamEvent + Serialize>(event: &T) -> Result<Event, BoxError> {
    let data = Event::default().json_data(event)?;
    match event.seen() {
        // axum panics at a name of several lines.
        Seen::Event(event) if event.event_type().contains(['\r', '\n']) => Err("an event's type is one line".into()),
        Seen::Event(event) => Ok(data.event(event.event_type())),
        Seen::End(_) | Seen::Failed(..) | Seen::Nothing => Ok(data),
    }
}
