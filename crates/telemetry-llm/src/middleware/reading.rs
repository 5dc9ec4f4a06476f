//! What is read of an answer as it passes by: no more than its call is recorded with.

use http::{HeaderMap, StatusCode};

use crate::call::Call;
use crate::failure::Failure;
use crate::skim::{BodyReader, SMALL, Skimmer, parse};
use crate::sse::{Decoder, Sink};

/// An answer that is being read.
#[derive(Default)]
pub(super) enum Reading {
    /// It is not known yet which of the two that follow it is: whatever its type is called, its first character tells.
    #[default]
    Begun,
    /// Pieces of an answer, as server-sent events.
    Events(Events),
    /// Pieces of an answer of Bedrock, in binary frames.
    #[cfg(feature = "bedrock")]
    Frames { reader: crate::bedrock::BedrockReader, is_done: bool },
    /// An answer, or pieces of one in a list or one after the other.
    Documents(BodyReader),
    /// Why there is no answer.
    Error { status: StatusCode, headers: HeaderMap, said: Said },
}

impl Reading {
    pub(super) fn new(status: StatusCode, headers: &HeaderMap) -> Self {
        if status.is_success() {
            Self::Begun
        } else {
            Self::Error { status, headers: headers.clone(), said: Said::default() }
        }
    }

    /// Reads a piece of it.
    pub(super) fn feed(&mut self, piece: &[u8], call: &mut Call) {
        let mut piece = piece;
        if matches!(self, Self::Begun) {
            // A byte order mark, whole or in part, and blanks are no beginning.
            let is_none = |byte: &u8| byte.is_ascii_whitespace() || [0xEF, 0xBB, 0xBF].contains(byte);
            let Some(begin) = piece.iter().position(|byte| !is_none(byte)) else { return };
            piece = &piece[begin..];
            *self = match piece[0] {
                b'{' | b'[' => Self::Documents(BodyReader::default()),
                // A frame begins with its length, which is below 16 MiB; no text begins so.
                #[cfg(feature = "bedrock")]
                0 => Self::Frames { reader: crate::bedrock::BedrockReader::new(), is_done: false },
                _ => Self::Events(Events::default()),
            };
        }
        match self {
            Self::Begun => {}
            Self::Events(events) => events.feed(piece, call),
            #[cfg(feature = "bedrock")]
            Self::Frames { reader, is_done } => reader.feed(piece, |event| *is_done |= call.event(event).is_last),
            Self::Documents(reader) => reader.feed(piece, |part| drop(call.event(part))),
            Self::Error { said, .. } => said.feed(piece),
        }
    }

    /// Reads a piece of why there is no answer.
    #[cfg(feature = "tower")]
    pub(super) fn feed_error(&mut self, piece: &[u8]) {
        if let Self::Error { said, .. } = self {
            said.feed(piece);
        }
    }

    /// Whether all that matters was read.
    pub(super) fn is_done(&self) -> bool {
        match self {
            Self::Events(events) => events.is_done,
            #[cfg(feature = "bedrock")]
            Self::Frames { is_done, .. } => *is_done,
            Self::Error { .. } => true,
            Self::Begun | Self::Documents(_) => false,
        }
    }

    /// Why there is no answer, as far as that has been read.
    #[cfg(feature = "tower")]
    pub(super) fn failure(&self) -> Option<Failure> {
        let Self::Error { status, headers, said } = self else { return None };
        Some(Failure::from_response(status.as_u16(), headers, said.text()))
    }

    /// The body has been read to its end, and with it the call ends.
    pub(super) fn end(self, mut call: Call) {
        match self {
            Self::Begun => {}
            #[cfg(feature = "bedrock")]
            Self::Frames { .. } => {}
            Self::Events(mut events) => events.finish(&mut call),
            Self::Documents(reader) => {
                if let Some(one) = reader.finish() {
                    call.json(&one);
                }
            }
            Self::Error { status, headers, said } => {
                call.fail(Failure::from_response(status.as_u16(), &headers, said.text()));
                return;
            }
        }
        call.complete();
    }
}

/// Server-sent events whose data is reduced as it comes, so that of no event more is held than is needed.
#[derive(Default)]
pub(super) struct Events {
    decoder: Decoder,
    event: Event,
    is_done: bool,
}

#[derive(Default)]
struct Event {
    skimmer: Skimmer,
    /// The first bytes of the data, for the mark that is no JSON.
    head: Vec<u8>,
}

/// The event under way, and the call that it says something of.
struct OfCall<'a> {
    event: &'a mut Event,
    is_done: &'a mut bool,
    call: &'a mut Call,
}

/// What OpenAI's streams end with.
const DONE: &str = "[DONE]";
/// As many bytes tell it, with blanks around it.
const HEAD: usize = 16;

impl Events {
    fn feed(&mut self, piece: &[u8], call: &mut Call) {
        let Self { decoder, event, is_done } = self;
        decoder.feed(piece, &mut OfCall { event, is_done, call });
    }

    fn finish(&mut self, call: &mut Call) {
        let Self { decoder, event, is_done } = self;
        decoder.finish(&mut OfCall { event, is_done, call });
    }
}

impl Sink for OfCall<'_> {
    fn data(&mut self, part: &[u8]) {
        let Self { event: Event { skimmer, head }, is_done, call } = self;
        head.extend_from_slice(&part[..part.len().min(HEAD.saturating_sub(head.len()))]);
        skimmer.feed(part, &mut |document| {
            if let Some(event) = parse(document) {
                **is_done |= call.event(&event).is_last;
            }
        });
    }

    fn name(&mut self, _: &[u8]) {}

    fn rename(&mut self) {}

    fn end(&mut self, _: bool) {
        if self.event.head.trim_ascii() == DONE.as_bytes() {
            *self.is_done |= self.call.chunk(DONE).is_last;
        }
        self.event.head.clear();
        self.event.skimmer.reset();
    }
}

/// What an error's body says: itself if it is small, else what is kept of its first document.
#[derive(Default)]
pub(super) struct Said {
    head: Vec<u8>,
    bytes: usize,
    skimmer: Skimmer,
    document: Option<Vec<u8>>,
}

impl Said {
    fn feed(&mut self, piece: &[u8]) {
        self.bytes = self.bytes.saturating_add(piece.len());
        let room = SMALL - self.head.len();
        self.head.extend_from_slice(&piece[..piece.len().min(room)]);
        let document = &mut self.document;
        self.skimmer.feed(piece, &mut |said| {
            if document.is_none() {
                *document = Some(said.to_vec());
            }
        });
    }

    fn text(&self) -> &[u8] {
        let document = self.document.as_deref().filter(|_| self.bytes > SMALL);
        document.unwrap_or(&self.head)
    }
}
