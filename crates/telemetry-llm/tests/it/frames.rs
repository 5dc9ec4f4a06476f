//! Amazon's binary frames: written for the tests, and read whatever comes.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};
use telemetry_llm::BedrockReader;

/// The events of a stream as Bedrock frames them: those of Converse by their names, what a model says by InvokeModel in
/// chunks, exceptions as such.
pub(crate) fn framed(events: &[Value], is_invoked: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for event in events {
        let (name, payload) = event.as_object().and_then(|event| event.iter().next()).expect("an event has a name");
        let is_exception = name.ends_with("Exception");
        let (name, payload) = match is_invoked && !is_exception {
            true => ("chunk", json!({"bytes": STANDARD.encode(event.to_string())})),
            false => (name.as_str(), payload.clone()),
        };
        let kind = if is_exception { "exception" } else { "event" };
        bytes.extend(frame(&[(":message-type", kind), (&format!(":{kind}-type"), name)], &payload.to_string()));
    }
    bytes
}

fn frame(headers: &[(&str, &str)], payload: &str) -> Vec<u8> {
    let header =
        |(name, value): &(&str, &str)| Header::new((*name).to_owned(), HeaderValue::String((*value).to_owned().into()));
    let message = Message::new_from_parts(headers.iter().map(header).collect(), payload.to_owned().into_bytes());
    let mut bytes = Vec::new();
    write_message_to(&message, &mut bytes).expect("it fits into a frame");
    bytes
}

fn read(bytes: &[u8], size: usize) -> Vec<Value> {
    let (mut reader, mut events) = (BedrockReader::new(), Vec::new());
    for piece in bytes.chunks(size) {
        reader.feed(piece, |event| events.push(event.clone()));
    }
    events
}

#[test]
fn events_are_read_wherever_their_frames_are_cut() {
    let events = [json!({"messageStart": {"role": "assistant"}}), json!({"metadata": {"usage": {"inputTokens": 3}}})];
    let said = [json!({"outputText": "a"}), json!({"outputText": "b", "completionReason": "FINISH"})];
    for size in [1, 2, 3, 7, 50, 10_000] {
        assert_eq!(read(&framed(&events, false), size), events);
        assert_eq!(read(&framed(&said, true), size), said);
    }
}

#[test]
fn an_error_of_no_operation_is_one_by_its_code() {
    let bytes = frame(&[(":message-type", "error"), (":error-code", "InternalFailure")], "");
    assert_eq!(read(&bytes, 5), [json!({"error": {"code": "InternalFailure"}})]);
}

#[test]
fn what_is_no_frame_ends_the_reading() {
    let sound = framed(&[json!({"messageStart": {"role": "assistant"}})], false);
    let mut damaged = sound.clone();
    *damaged.last_mut().expect("it has bytes") ^= 1;
    for broken in [&damaged[..], b"\x7f\xff\xff\xff much more than there is", b"\0\0\0\x01", b"data: {}\n\n"] {
        let bytes = [&sound[..], broken, &sound[..]].concat();
        assert_eq!(read(&bytes, 64).len(), 1, "{broken:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), size in 1_usize..64) {
        read(&bytes, size);
    }

    #[test]
    fn no_damaged_frame_panics(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = framed(&[json!({"messageStart": {"role": "assistant"}}), json!({"metadata": {}})], false);
        let place = place.index(bytes.len());
        bytes[place] = byte;
        read(&bytes, 9);
    }
}
