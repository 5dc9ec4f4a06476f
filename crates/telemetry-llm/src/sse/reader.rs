//! Server-sent events as texts, for an application that reads a body of its own.

use telemetry_core::text;

use super::decoder::{Decoder, Sink};

/// One event of a stream of server-sent events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SseEvent {
    /// What it is called; empty where the stream does not say. At most 256 bytes, a longer one is cut.
    pub name: String,
    /// Its data, lines joined by line feeds.
    pub data: String,
}

/// Puts server-sent events together from the pieces of a body, wherever these are cut: from bytes to what
/// [`Call::chunk`](crate::Call::chunk) and [`AnswerStream::data`](crate::AnswerStream::data) read.
///
/// It holds one event at most, and of that no more than [`LONGEST`](Self::LONGEST). Middleware of this crate reads streams
/// by itself, and holds less.
///
/// ```
/// use telemetry_llm::SseReader;
///
/// let mut reader = SseReader::new();
/// let mut events = Vec::new();
/// for piece in [&b"event: delta\r\nda"[..], b"ta: {\"text\":", b" \"Hello\"}\r\n\r\ndata: [DONE]\n\n"] {
///     reader.feed(piece, |event| events.push(event.data));
/// }
/// reader.finish(|event| events.push(event.data));
/// assert_eq!(events, [r#"{"text": "Hello"}"#, "[DONE]"]);
/// ```
#[derive(Debug, Default)]
pub struct SseReader {
    decoder: Decoder,
    event: Held,
    passed_over: u64,
}

#[derive(Debug, Default)]
struct Held {
    name: Vec<u8>,
    data: Vec<u8>,
    is_too_long: bool,
}

impl SseReader {
    /// The most data that an event may have, in bytes: 32 MiB, more than any image that an answer holds.
    pub const LONGEST: usize = 32 << 20;

    /// A reader of a stream of which nothing has come yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a piece; `event` is called with each event that it completes. Bytes that are no UTF-8 become `U+FFFD`.
    pub fn feed(&mut self, piece: &[u8], event: impl FnMut(SseEvent)) {
        let Self { decoder, event: held, passed_over } = self;
        decoder.feed(piece, &mut Collecting { held, passed_over, event });
    }

    /// Reads what a stream ended with that has no blank line after it; afterwards another stream may begin.
    pub fn finish(&mut self, event: impl FnMut(SseEvent)) {
        let Self { decoder, event: held, passed_over } = self;
        decoder.finish(&mut Collecting { held, passed_over, event });
    }

    /// How many events had more data than [`LONGEST`](Self::LONGEST), and were passed over.
    #[must_use]
    pub fn passed_over(&self) -> u64 {
        self.passed_over
    }
}

struct Collecting<'a, F> {
    held: &'a mut Held,
    passed_over: &'a mut u64,
    event: F,
}

impl<F: FnMut(SseEvent)> Sink for Collecting<'_, F> {
    fn data(&mut self, part: &[u8]) {
        let held = &mut *self.held;
        if held.data.len() + part.len() > SseReader::LONGEST {
            held.is_too_long = true;
            held.data = Vec::new();
        }
        if !held.is_too_long {
            held.data.extend_from_slice(part);
        }
    }

    fn name(&mut self, part: &[u8]) {
        // One byte more than may be, by which it is known to be too long.
        let room = (text::NAME + 1).saturating_sub(self.held.name.len());
        self.held.name.extend_from_slice(&part[..part.len().min(room)]);
    }

    fn rename(&mut self) {
        self.held.name.clear();
    }

    fn end(&mut self, has_data: bool) {
        let Held { name, data, is_too_long } = std::mem::take(self.held);
        if is_too_long {
            *self.passed_over = self.passed_over.saturating_add(1);
        } else if has_data {
            let name = text::cut(&String::from_utf8_lossy(&name), text::NAME).into_owned();
            // What is sound is not copied.
            let data =
                String::from_utf8(data).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
            (self.event)(SseEvent { name, data });
        }
    }
}
