//! A WebSocket that records itself.

use std::fmt;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseCode, CloseFrame, Message, WebSocket, close_code};
use futures_core::Stream;
use serde::Serialize;
use telemetry_core::Label as _;
use tokio::time::{Instant, sleep_until, timeout};

use crate::event::{EventInfo, Seen, StreamEvent};
use crate::guard::{BoxError, Ending, StreamGuard};
use crate::malformed;
use crate::metrics::CloseReason;

/// A WebSocket that records itself; made by [`StreamGuard::websocket`].
///
/// | reason | when |
/// |---|---|
/// | `completed` | the stream that is forwarded ended, [`close`](Self::close) says so, or this is dropped, as by a handler that returns; or the client closed the socket and gave no other code than 1000 (normal) or 1001 (going away) |
/// | `client_disconnect` | the client closed the socket with another code, sent what is no message, was silent for two [ping intervals](crate::StreamSettings::ping_interval), or its connection was lost, or half of it |
/// | `server_shutdown` | the shutdown token was cancelled |
/// | `timeout` | nothing was sent for longer than the idle timeout, or sending it took longer |
/// | `upstream_error` | an item of the stream that is forwarded was an error |
/// | `serialization_error` | an event could not be made a message |
/// | `internal_error` | a panic |
///
/// The client is told by a close frame of the code that fits, unless this is dropped. One that sent what is no message is
/// told with which code it is refused: 1002 (protocol error), 1007 (no UTF-8) or 1009 (too big).
///
/// A client that says nothing is pinged, as long as somebody waits for what it says: [`recv`](Self::recv) or
/// [`forward`](Self::forward).
pub struct StreamSocket {
    socket: WebSocket,
    guard: StreamGuard,
    /// When the last message was sent, or the stream opened.
    last_sent: Instant,
    /// When the client last gave a sign of life, or the stream opened.
    last_heard: Instant,
    /// When it was pinged since.
    pinged: Option<Instant>,
}

/// The stream had ended, or ended when the event was to be sent.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stream has ended: {}", reason.as_str())]
pub struct Closed {
    /// Why it ended.
    pub reason: CloseReason,
}

telemetry_core::debug_as_display!(Closed);

impl StreamGuard {
    /// Records what is sent on a socket, and finds out why it ends.
    ///
    /// Open the guard in the handler, where the request's span is, and take it along:
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use axum::extract::{Path, WebSocketUpgrade};
    /// use axum::http::HeaderMap;
    /// use axum::response::Response;
    /// use futures_util::stream;
    /// use serde_json::json;
    /// use telemetry_stream::Streams;
    /// use telemetry_stream::labels::{StreamKind, Transport};
    ///
    /// async fn join(upgrade: WebSocketUpgrade, Path(session): Path<String>, headers: HeaderMap) -> Response {
    ///     let stream =
    ///         Streams::global().stream(StreamKind::Session, Transport::Websocket, &session).headers(&headers).start();
    ///     upgrade.on_upgrade(async move |socket| {
    ///         let events = stream::iter([Ok::<_, Infallible>(json!({ "type": "presence" }))]);
    ///         stream.websocket(socket).forward(events).await;
    ///     })
    /// }
    /// ```
    pub fn websocket(mut self, socket: WebSocket) -> StreamSocket {
        // A client that leaves is noticed by the socket; it is the server's code that drops it.
        self.if_dropped(Ending::of(CloseReason::Completed));
        let now = Instant::now();
        StreamSocket { socket, guard: self, last_sent: now, last_heard: now, pinged: None }
    }
}

/// How a socket comes to its end.
enum End {
    /// The client closed it, with that code.
    Closed(Option<CloseCode>),
    /// Its connection was lost, or nobody is at its other end.
    Lost,
    /// The client sent what is no message, and is answered with that code and text.
    Malformed((CloseCode, &'static str), axum::Error),
    /// It is ended here.
    Here(Ending),
}

impl From<CloseReason> for End {
    fn from(reason: CloseReason) -> Self {
        Self::Here(Ending::of(reason))
    }
}

impl End {
    fn read(error: axum::Error) -> Self {
        match malformed::answer(&error) {
            Some(answer) => Self::Malformed(answer, error),
            None => Self::Lost,
        }
    }

    fn ending(&self) -> Ending {
        match self {
            // Without a code is what `close()` of a browser says.
            Self::Closed(None | Some(close_code::NORMAL | close_code::AWAY)) => Ending::of(CloseReason::Completed),
            Self::Closed(Some(code)) => Ending::told(CloseReason::ClientDisconnect, &format!("close code {code}")),
            Self::Lost => Ending::of(CloseReason::ClientDisconnect),
            Self::Malformed(_, error) => Ending::told(CloseReason::ClientDisconnect, &error.to_string()),
            Self::Here(ending) => ending.clone(),
        }
    }
}

impl StreamSocket {
    /// The connection's guard, for its span and its count of events.
    pub fn guard(&self) -> &StreamGuard {
        &self.guard
    }

    /// Sends an event, and records it once it is sent.
    ///
    /// # Errors
    ///
    /// [`Closed`] when the stream has ended, or ends because the event cannot be sent.
    pub async fn send<'a>(&mut self, event: impl Into<EventInfo<'a>>, message: Message) -> Result<(), Closed> {
        if let Some(reason) = self.guard.ended() {
            return Err(Closed { reason });
        }
        let event = event.into();
        let span = self.guard.start_event(&event);
        self.deliver(message).await?;
        drop(span);
        self.guard.sent(&event);
        Ok(())
    }

    async fn deliver(&mut self, message: Message) -> Result<(), Closed> {
        match self.put(message, self.guard.ping_interval().map(|interval| 2 * interval)).await {
            Ok(()) => {
                self.last_sent = Instant::now();
                Ok(())
            }
            Err(end) => Err(Closed { reason: self.end(end).await }),
        }
    }

    /// Puts a message on the connection, unless the client takes none for so long.
    async fn put(&mut self, message: Message, patience: Option<Duration>) -> Result<(), End> {
        let shutdown = self.guard.shutdown().clone();
        let begun = Instant::now();
        let (limit, gone) = (self.guard.idle_timeout().map(|limit| begun + limit), patience.map(|time| begun + time));
        let mut polls = 0_usize;
        {
            let mut sending = pin!(self.socket.send(message));
            let sending = poll_fn(|cx| {
                polls += 1;
                sending.as_mut().poll(cx)
            });
            tokio::select! {
                biased;
                sent = sending => sent.map_err(|_| End::Lost)?,
                () = shutdown.cancelled() => return Err(CloseReason::ServerShutdown.into()),
                () = until(limit) => return Err(CloseReason::Timeout.into()),
                () = until(gone) => return Err(End::Lost),
            }
        }
        if polls > 1 {
            // There was no room before the client took something.
            self.heard();
        }
        Ok(())
    }

    fn heard(&mut self) {
        (self.last_heard, self.pinged) = (Instant::now(), None);
    }

    /// What the client sends next; nothing once the stream has ended. Pings are answered and pongs taken by the socket.
    ///
    /// Nothing is lost when the future is dropped, so it goes well with `select!`.
    pub async fn recv(&mut self) -> Option<Message> {
        if self.guard.ended().is_some() {
            return None;
        }
        match self.incoming().await {
            Ok(message) => Some(message),
            Err(end) => {
                self.end(end).await;
                None
            }
        }
    }

    async fn incoming(&mut self) -> Result<Message, End> {
        let shutdown = self.guard.shutdown().clone();
        let idle = self.guard.idle_timeout().map(|limit| self.last_sent + limit);
        let interval = self.guard.ping_interval();
        let (mut shutdown, mut idle) = (pin!(shutdown.cancelled()), pin!(until(idle)));
        loop {
            let silent = interval.map(|interval| self.pinged.unwrap_or(self.last_heard) + interval);
            let message = tokio::select! {
                biased;
                () = &mut shutdown => return Err(CloseReason::ServerShutdown.into()),
                message = self.socket.recv() => message,
                () = &mut idle => return Err(CloseReason::Timeout.into()),
                () = until(silent) => {
                    if self.pinged.replace(Instant::now()).is_some() {
                        return Err(End::Lost);
                    }
                    self.put(Message::Ping(Bytes::new()), interval).await?;
                    continue;
                }
            };
            self.heard();
            match message {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(frame))) => return Err(End::Closed(frame.map(|frame| frame.code))),
                Some(Ok(message)) => return Ok(message),
                Some(Err(error)) => return Err(End::read(error)),
                None => return Err(End::Lost),
            }
        }
    }

    /// Sends the events of a stream, each as a text of JSON, until it or the socket ends, and returns why. What the
    /// client sends is not looked at.
    pub async fn forward<S, T, E>(self, events: S) -> CloseReason
    where
        S: Stream<Item = Result<T, E>>,
        T: StreamEvent + Serialize,
        E: Into<BoxError>,
    {
        self.forward_with(events, |event| serde_json::to_string(event).map(Message::from)).await
    }

    /// [`forward`](Self::forward) with the caller's own form of an event.
    pub async fn forward_with<S, T, E, W, X>(self, events: S, write: W) -> CloseReason
    where
        S: Stream<Item = Result<T, E>>,
        T: StreamEvent,
        E: Into<BoxError>,
        W: FnMut(&T) -> Result<Message, X>,
        X: Into<BoxError>,
    {
        self.forward_as(events, T::seen, write).await
    }

    /// [`forward`](Self::forward) for items of any type: `look` tells what each is, and `write` makes a message of it.
    pub async fn forward_as<S, T, E, L, W, X>(mut self, items: S, mut look: L, mut write: W) -> CloseReason
    where
        S: Stream<Item = Result<T, E>>,
        E: Into<BoxError>,
        L: FnMut(&T) -> Seen<'_>,
        W: FnMut(&T) -> Result<Message, X>,
        X: Into<BoxError>,
    {
        let mut items = pin!(items);
        loop {
            let next = self.guard.instrument(poll_fn(|cx| items.as_mut().poll_next(cx)));
            let next = tokio::select! {
                next = next => next,
                end = self.left() => return self.end(end).await,
            };
            let item = match next {
                Some(Ok(item)) => item,
                Some(Err(error)) => return self.fail(CloseReason::UpstreamError, error).await,
                None => return self.close(CloseReason::Completed).await,
            };
            let message = match write(&item) {
                Ok(message) => message,
                Err(error) => return self.fail(CloseReason::SerializationError, error).await,
            };
            let ending = match look(&item) {
                Seen::Event(event) => {
                    if let Err(Closed { reason }) = self.send(event, message).await {
                        return reason;
                    }
                    continue;
                }
                Seen::Nothing => None,
                Seen::End(reason) => Some(Ending::of(reason)),
                Seen::Failed(reason, cause) => Some(Ending::told(reason, &cause)),
            };
            if let Err(Closed { reason }) = self.deliver(message).await {
                return reason;
            }
            if let Some(ending) = ending {
                return self.end(End::Here(ending)).await;
            }
        }
    }

    /// Waits until the socket ends from outside.
    async fn left(&mut self) -> End {
        loop {
            if let Err(end) = self.incoming().await {
                return end;
            }
        }
    }

    /// Ends the stream for that reason and tells the client, which may take as long as
    /// [`StreamSettings::close_timeout`](crate::StreamSettings::close_timeout) says.
    pub async fn close(mut self, reason: CloseReason) -> CloseReason {
        self.end(reason.into()).await
    }

    /// [`close`](Self::close), because of an error: what it and its causes say is on the span and in the log, without
    /// secrets and cut to 1 KiB. The client is told the reason alone.
    pub async fn fail(mut self, reason: CloseReason, error: impl Into<BoxError>) -> CloseReason {
        let ending = Ending::failed(reason, &error.into());
        self.end(End::Here(ending)).await
    }

    /// Records the end first: how long a client takes to part is not the stream's time.
    async fn end(&mut self, end: End) -> CloseReason {
        if let Some(ended) = self.guard.ended() {
            return ended;
        }
        let ending = end.ending();
        self.guard.end(&ending);
        let (reason, patience) = (ending.reason, self.guard.close_timeout());
        let farewell = async {
            match end {
                End::Lost => {}
                // The socket's answer goes out when it is read from again.
                End::Closed(_) => drop(self.socket.recv().await),
                // Who hangs up on what is unread takes the answer back, and nothing can be read any more.
                End::Malformed((code, text), _) => {
                    if self.part(code, text).await {
                        pending::<()>().await;
                    }
                }
                End::Here(_) => {
                    let mut open = self.part(code(reason), reason.as_str()).await;
                    while open {
                        open = matches!(self.socket.recv().await, Some(Ok(_)));
                    }
                }
            }
        };
        // A client that does not answer is left.
        let _ = timeout(patience, farewell).await;
        reason
    }

    /// Sends a close frame, and tells whether it went out.
    async fn part(&mut self, code: CloseCode, text: &'static str) -> bool {
        let frame = CloseFrame { code, reason: text.into() };
        self.socket.send(Message::Close(Some(frame))).await.is_ok()
    }
}

impl fmt::Debug for StreamSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamSocket").field("guard", &self.guard).finish_non_exhaustive()
    }
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}

/// What the close frame says, by RFC 6455 and the registry of its codes.
fn code(reason: CloseReason) -> CloseCode {
    match reason {
        CloseReason::Completed | CloseReason::ClientDisconnect => close_code::NORMAL,
        CloseReason::ServerShutdown => close_code::AWAY,
        CloseReason::Timeout => close_code::AGAIN,
        CloseReason::UpstreamError | CloseReason::SerializationError | CloseReason::InternalError => close_code::ERROR,
    }
}
