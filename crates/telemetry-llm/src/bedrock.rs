//! Bedrock's streams: events of JSON within Amazon's binary frames.

use std::fmt;

use aws_smithy_eventstream::frame::read_message_from;
use aws_smithy_eventstream::smithy::parse_response_headers;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Buf as _, BytesMut};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::skim::value;

/// The longest frame that is read, in bytes: those of models are a few kilobytes.
const LONGEST_FRAME: usize = 16 << 20;
/// A frame begins with its length, and is no shorter than its own parts.
const SHORTEST_FRAME: usize = 16;

/// Reads the events out of the body of a streamed answer of Bedrock (`application/vnd.amazon.eventstream`), wherever its
/// bytes are cut.
///
/// Each event is handed on as [`Call::event`](crate::Call::event) takes it: of Converse under the event's name, of
/// InvokeModel as the model said it, and an exception under its own name. Bytes that are no frames, or one of more than
/// 16 MiB, end the reading.
///
/// ```
/// use telemetry_llm::{BedrockReader, Llm};
///
/// # fn body() -> Vec<Vec<u8>> { Vec::new() }
/// let mut call = Llm::global().start("bedrock", "amazon.nova-lite-v1:0");
/// let mut reader = BedrockReader::new();
/// for piece in body() {
///     reader.feed(&piece, |event| drop(call.event(event)));
/// }
/// call.complete();
/// ```
#[derive(Default)]
pub struct BedrockReader {
    /// What has come of the frame under way.
    held: BytesMut,
    is_broken: bool,
}

impl BedrockReader {
    /// A reader of a body of which nothing has come yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a piece; `event` is called with each event that it completes.
    pub fn feed(&mut self, piece: &[u8], mut event: impl FnMut(&Value)) {
        if self.is_broken {
            return;
        }
        self.held.extend_from_slice(piece);
        while let Some(mut length) = self.held.get(..4) {
            let length = usize::try_from(length.get_u32()).unwrap_or(usize::MAX);
            if !(SHORTEST_FRAME..=LONGEST_FRAME).contains(&length) {
                return self.give_up();
            }
            if self.held.len() < length {
                return;
            }
            match read_message_from(self.held.split_to(length).freeze()) {
                Ok(message) => {
                    let payload = message.payload();
                    let said = match parse_response_headers(&message) {
                        Ok(headers) => said_by(headers.smithy_type.as_str(), payload),
                        // An error that is none of the operation's has a code instead of a name.
                        Err(_) => message.headers().iter().find(|header| header.name().as_str() == ":error-code").map(
                            |code| json!({"error": {"code": code.value().as_string().map_or("", |code| code.as_str())}}),
                        ),
                    };
                    if let Some(said) = said {
                        event(&said);
                    }
                }
                Err(_) => return self.give_up(),
            }
        }
    }

    /// The rest is no stream that can be read.
    fn give_up(&mut self) {
        self.is_broken = true;
        self.held = BytesMut::new();
    }
}

/// A piece of what a model said by InvokeModel.
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    bytes: std::borrow::Cow<'a, str>,
}

/// The event of that name.
fn said_by(name: &str, payload: &[u8]) -> Option<Value> {
    if name == "chunk" {
        let chunk: Chunk<'_> = serde_json::from_slice(payload).ok()?;
        return value(&STANDARD.decode(chunk.bytes.as_bytes()).ok()?);
    }
    let payload = value(payload)?;
    Some(json!({ name: payload }))
}

impl fmt::Debug for BedrockReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BedrockReader").field("held", &self.held.len()).field("is_broken", &self.is_broken).finish()
    }
}
