#![doc = include_str!("../README.md")]

#[cfg(feature = "axum")]
mod delivery;
mod event;
#[cfg(feature = "axum")]
mod feed;
mod guard;
mod inner;
pub mod labels;
#[cfg(feature = "axum")]
mod malformed;
mod metrics;
#[cfg(feature = "mixin")]
pub mod mixin;
mod observed;
mod producer;
mod settings;
#[cfg(feature = "axum")]
mod sse;
#[cfg(feature = "axum")]
mod sse_response;
mod start;
mod streams;
mod watch;
#[cfg(feature = "axum")]
mod websocket;

pub use event::{EventInfo, Published, Seen, StreamEvent};
pub use guard::StreamGuard;
pub use metrics::CATALOGUE;
#[doc(hidden)]
pub use metrics::{EventMetrics, StreamMetrics};
pub use observed::Observed;
pub use producer::Producer;
pub use settings::StreamSettings;
#[cfg(feature = "axum")]
pub use sse::{SseEvents, SseItems};
#[cfg(feature = "axum")]
pub use sse_response::SseResponse;
pub use start::StreamStart;
pub use streams::Streams;
#[cfg(feature = "axum")]
pub use websocket::{Closed, StreamSocket};
