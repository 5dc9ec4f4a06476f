//! Telemetry of event streams: server-sent events and WebSockets, their events, latency and why they end.
//!
//! [`Streams`] opens a [`StreamGuard`] for each connection, from a meter (`new`) or for the whole process (`global`). One
//! guard feeds both families of metrics, `stream_*` by what is executed and `agentpane_stream_*` by transport: open
//! streams, their duration, the time to the first event, events by type, the latency from publication, why they end.
//!
//! Let the guard find out by itself why its stream ends:
//!
//! - [`StreamGuard::observe`] wraps any [`Stream`](futures_core::Stream) of events;
//! - `StreamGuard::sse` makes a response of server-sent events, with the feature `axum`;
//! - `StreamGuard::websocket` takes a WebSocket, with the feature `axum`.
//!
//! ```
//! use std::convert::Infallible;
//!
//! use futures_util::{StreamExt as _, stream};
//! use serde_json::json;
//! use telemetry_core::Meter;
//! use telemetry_stream::Streams;
//! use telemetry_stream::labels::{StreamKind, Transport};
//!
//! # async fn example() {
//! let streams = Streams::new(&Meter::global());
//! let events = stream::iter([Ok::<_, Infallible>(json!({ "type": "step", "number": 1 }))]);
//! let stream = streams.stream(StreamKind::Workflow, Transport::Sse, "exec-17").id("nightly-report").start();
//! let mut events = stream.observe(events);
//! while let Some(event) = events.next().await { /* send it */ }
//! # }
//! ```
//!
//! A connection has a span, `stream.connection`, and its first event one below it, `stream.{event_type}`; of the further
//! events as many as [`StreamSettings`] say. An event's span links to the context in which the event was produced
//! ([`Producer`]). Opening and ending are logged, a failure as an error. What events say is never recorded.

mod event;
mod guard;
mod inner;
mod metrics;
#[cfg(feature = "mixin")]
pub mod mixin;
mod observed;
mod producer;
mod settings;
#[cfg(feature = "axum")]
mod sse;
mod start;
mod streams;
mod watch;
#[cfg(feature = "axum")]
mod websocket;

pub use event::{EventInfo, Published, Seen, StreamEvent};
pub use guard::StreamGuard;
pub use metrics::{CATALOGUE, EventMetrics, StreamMetrics};
pub use observed::Observed;
pub use producer::Producer;
pub use settings::StreamSettings;
#[cfg(feature = "axum")]
pub use sse::{SseEvents, SseItems};
pub use start::StreamStart;
pub use streams::Streams;
#[cfg(feature = "axum")]
pub use websocket::{Closed, StreamSocket};

/// The closed labels of this crate's metrics, as the application names them.
pub mod labels {
    pub use crate::metrics::{CloseReason, StreamKind, Transport};
}
