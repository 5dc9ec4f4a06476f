//! A response of server-sent events that records itself.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::BoxError;
use axum::response::sse::{Event, Sse};
use futures_core::Stream;
use pin_project_lite::pin_project;
use serde::Serialize;

use crate::event::{Seen, StreamEvent};
use crate::guard::StreamGuard;
use crate::metrics::CloseReason;
use crate::observed::Observed;
use crate::watch::Watch;

pin_project! {
    /// The events of a response of server-sent events; made by [`StreamGuard::sse`].
    pub struct SseEvents<S, W> {
        #[pin]
        watch: Watch<S>,
        write: W,
    }
}

pin_project! {
    /// The items of a response of server-sent events, of which a closure tells what each is; made by
    /// [`StreamGuard::sse_as`].
    pub struct SseItems<S: Stream, L> {
        #[pin]
        observed: Observed<S, L>,
    }
}

impl StreamGuard {
    /// A response of server-sent events that records itself: each event under the name of its type, as JSON.
    ///
    /// How it ends is found out as with [`observe`](Self::observe); a client that leaves drops the response. An event
    /// that JSON cannot say ends the stream as `serialization_error`. An error of either kind aborts the response, so
    /// that the client does not take what it got for all. Keep-alives are added as usual and are no events.
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
    pub fn sse<S, T, E>(self, events: S) -> Sse<SseEvents<S, impl FnMut(&T) -> Result<Event, BoxError>>>
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
    ) -> Sse<SseEvents<S, impl FnMut(&T) -> Result<Event, BoxError>>>
    where
        S: Stream<Item = Result<T, E>> + Send + 'static,
        T: StreamEvent + 'static,
        E: Into<BoxError>,
        W: FnMut(&T) -> Result<Event, X> + Send + 'static,
        X: Into<BoxError>,
    {
        let write = move |event: &T| write(event).map_err(Into::into);
        Sse::new(SseEvents { watch: Watch::new(self, events), write })
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
    pub fn sse_as<S, T, E, L>(self, events: S, look: L) -> Sse<SseItems<S, impl FnMut(&S::Item) -> Seen<'_>>>
    where
        S: Stream<Item = Result<T, E>> + Send + 'static,
        T: Into<Event> + 'static,
        E: Into<BoxError> + 'static,
        L: FnMut(&T) -> Seen<'_> + Send + 'static,
    {
        let look = or_error(look);
        Sse::new(SseItems { observed: self.observe_as(events, look) })
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
        let Some(item) = ready!(this.watch.as_mut().poll(cx)) else { return Poll::Ready(None) };
        Poll::Ready(Some(match item {
            Ok(event) => this
                .watch
                .as_mut()
                .run(|| (this.write)(&event))
                .inspect(|_| this.watch.as_mut().handed_on(|| event.seen()))
                .inspect_err(|_| this.watch.as_mut().end(CloseReason::SerializationError)),
            Err(error) => {
                this.watch.end(CloseReason::UpstreamError);
                Err(error.into())
            }
        }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.watch.size_hint()
    }
}

impl<S: Stream, W> fmt::Debug for SseEvents<S, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseEvents").field("guard", self.watch.guard()).finish_non_exhaustive()
    }
}

impl<S, T, E, L> Stream for SseItems<S, L>
where
    S: Stream<Item = Result<T, E>>,
    T: Into<Event>,
    E: Into<BoxError>,
    L: FnMut(&S::Item) -> Seen<'_>,
{
    type Item = Result<Event, BoxError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut observed = self.project().observed;
        let Some(item) = ready!(observed.as_mut().poll_next(cx)) else { return Poll::Ready(None) };
        Poll::Ready(Some(observed.run(|| item.map(Into::into).map_err(Into::into))))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.observed.size_hint()
    }
}

impl<S: Stream, L> fmt::Debug for SseItems<S, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseItems").field("guard", self.observed.guard()).finish_non_exhaustive()
    }
}

fn json<T: StreamEvent + Serialize>(event: &T) -> Result<Event, BoxError> {
    let data = Event::default().json_data(event)?;
    match event.seen() {
        // axum panics at a name of several lines.
        Seen::Event(event) if event.event_type().contains(['\r', '\n']) => Err("an event's type is one line".into()),
        Seen::Event(event) => Ok(data.event(event.event_type())),
        Seen::End(_) | Seen::Nothing => Ok(data),
    }
}

/// What an item is that may be an error of what the events come from.
fn or_error<T, E>(mut look: impl FnMut(&T) -> Seen<'_>) -> impl FnMut(&Result<T, E>) -> Seen<'_> {
    move |item| match item {
        Ok(event) => look(event),
        Err(_) => Seen::End(CloseReason::UpstreamError),
    }
}
