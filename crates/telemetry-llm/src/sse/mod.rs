//! Server-sent events, read from the pieces of a body.

mod decoder;
mod reader;

#[cfg(any(feature = "reqwest", feature = "tower"))]
pub(crate) use decoder::{Decoder, Sink};
pub use reader::{SseEvent, SseReader};
