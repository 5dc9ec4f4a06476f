//! A WebSocket that records itself.

use std::fmt;
use std::future::{pending, poll_fn};
use std::pin::pin;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures_core::Stream;
use serde::Serialize;
use telemetry_core::Label as _;
use tokio::time::{Instant, sleep_until, timeout};

use crate::event::{EventInfo, Seen, StreamEvent};
use crate::guard::StreamGuard;
use crate::metrics::CloseReason;

/// A WebSocket that records itself; made by [`StreamGuard::websocket`].
///
/// | reason | when |
/// |---|---|
/// | `completed` | the stream that is forwarded ended, or [`close`](Self::close) says so |
/// | `client_disconnect` | the client closed the socket, or its connection was lost, or half of it |
/// | `server_shutdown` | the shutdown token was cancelled |
/// | `timeout` | nothing was sent for longer than the idle timeout, or sending it took longer |
/// | `upstream_error` | an item of the stream that is forwarded was an error |
/// | `serialization_error` | an event could not be made a message |
/// | `internal_error` | a panic |
///
/// The client is told by a close frame of the code that fits.
pub struct StreamSocket {
    socket: WebSocket,
    guard: StreamGuard,
    /// When the last message was sent, or the stream opened.
    last_sent: Instant,
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
    pub fn websocket(self, socket: WebSocket) -> StreamSocket {
        StreamSocket { socket, guard: self, last_sent: Instant::now() }
    }
}

/// How a socket comes to its end.
enum End {
    /// The client closed it.
    Closed,
    /// Its connection was lost.
    Lost,
    /// It is ended here.
    Here(CloseReason),
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
        let shutdown = self.guard.shutdown().clone();
        let limit = self.guard.idle_timeout().map(|limit| Instant::now() + limit);
        let end = tokio::select! {
            biased;
            sent = self.socket.send(message) => match sent {
                Ok(()) => {
                    self.last_sent = Instant::now();
                    return Ok(());
                }
                Err(_) => End::Lost,
            },
            () = shutdown.cancelled() => End::Here(CloseReason::ServerShutdown),
            () = until(limit) => End::Here(CloseReason::Timeout),
        };
        Err(Closed { reason: self.end(end).await })
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
        let (mut shutdown, mut idle) = (pin!(shutdown.cancelled()), pin!(until(idle)));
        loop {
            let message = tokio::select! {
                biased;
                () = &mut shutdown => return Err(End::Here(CloseReason::ServerShutdown)),
                message = self.socket.recv() => message,
                () = &mut idle => return Err(End::Here(CloseReason::Timeout)),
            };
            match message {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_))) => return Err(End::Closed),
                Some(Ok(message)) => return Ok(message),
                Some(Err(_)) | None => return Err(End::Lost),
            }
        }
    }

    /// Sends the events of a stream, each as a text of JSON, until it or the socket ends, and returns why. What the
    /// client sends is not looked at.
    pub async fn forward<S, T, E>(self, events: S) -> CloseReason
    where
        S: Stream<Item = Result<T, E>>,
        T: StreamEvent + Serialize,
    {
        self.forward_with(events, |event| serde_json::to_string(event).map(Message::from)).await
    }

    /// [`forward`](Self::forward) with the caller's own form of an event.
    pub async fn forward_with<S, T, E, W, X>(self, events: S, write: W) -> CloseReason
    where
        S: Stream<Item = Result<T, E>>,
        T: StreamEvent,
        W: FnMut(&T) -> Result<Message, X>,
    {
        self.forward_as(events, T::seen, write).await
    }

    /// [`forward`](Self::forward) for items of any type: `look` tells what each is, and `write` makes a message of it.
    pub async fn forward_as<S, T, E, L, W, X>(mut self, items: S, mut look: L, mut write: W) -> CloseReason
    where
        S: Stream<Item = Result<T, E>>,
        L: FnMut(&T) -> Seen<'_>,
        W: FnMut(&T) -> Result<Message, X>,
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
                Some(Err(_)) => return self.close(CloseReason::UpstreamError).await,
                None => return self.close(CloseReason::Completed).await,
            };
            let Ok(message) = write(&item) else { return self.close(CloseReason::SerializationError).await };
            let sent = match look(&item) {
                Seen::Event(event) => self.send(event, message).await,
                Seen::Nothing => self.deliver(message).await,
                Seen::End(reason) => match self.deliver(message).await {
                    Ok(()) => return self.close(reason).await,
                    lost => lost,
                },
            };
            if let Err(Closed { reason }) = sent {
                return reason;
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
        self.end(End::Here(reason)).await
    }

    /// Records the end first: how long a client takes to part is not the stream's time.
    async fn end(&mut self, end: End) -> CloseReason {
        let reason = match end {
            End::Closed | End::Lost => CloseReason::ClientDisconnect,
            End::Here(reason) => reason,
        };
        if let Some(ended) = self.guard.ended() {
            return ended;
        }
        self.guard.end(reason);
        let farewell = async {
            match end {
                End::Lost => {}
                // The socket's answer goes out when it is read from again.
                End::Closed => drop(self.socket.recv().await),
                End::Here(reason) => {
                    let frame = CloseFrame { code: code(reason), reason: reason.as_str().into() };
                    let mut open = self.socket.send(Message::Close(Some(frame))).await.is_ok();
                    while open {
                        open = matches!(self.socket.recv().await, Some(Ok(_)));
                    }
                }
            }
        };
        // A client that does not answer is left.
        let _ = timeout(self.guard.close_timeout(), farewell).await;
        reason
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
fn code(reason: CloseReason) -> u16 {
    match reason {
        CloseReason::Completed | CloseReason::ClientDisconnect => close_code::NORMAL,
        CloseReason::ServerShutdown => close_code::AWAY,
        CloseReason::Timeout => close_code::AGAIN,
        CloseReason::UpstreamError | CloseReason::SerializationError | CloseReason::InternalError => close_code::ERROR,
    }
}
