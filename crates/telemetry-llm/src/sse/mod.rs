//! Server-sent events, read from the pieces of a body.

mod decoder;
mod reader;

#[cfg(feature = "reqwest")]
pub(crate) use decoder::{Decoder, Sink};
pub use reader::{SseEvent, SseReader};
