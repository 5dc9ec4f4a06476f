//! Streams of providers, cut into pieces anywhere: the events are the same, and reading them does not panic.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use telemetry_core::Meter;
use telemetry_llm::{Llm, SseEvent, SseReader};

fn events<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<SseEvent> {
    let (mut reader, mut events) = (SseReader::new(), Vec::new());
    for piece in pieces {
        reader.feed(piece, |event| events.push(event));
    }
    reader.finish(|event| events.push(event));
    events
}

fuzz_target!(|input: &[u8]| {
    static LLM: OnceLock<Llm> = OnceLock::new();
    let llm = LLM.get_or_init(|| Llm::new(&Meter::noop()));
    let Some((size, bytes)) = input.split_first() else { return };
    let whole = events([bytes].into_iter());
    assert_eq!(whole, events(bytes.chunks(usize::from(*size).max(1))));
    let mut call = llm.start("anthropic", "claude-sonnet-4-5");
    for event in &whole {
        call.chunk(&event.data);
    }
    let ended = call.complete();
    if let Some(cost) = ended.cost_usd() {
        assert!(cost.is_finite() && cost >= 0.0, "{cost}");
    }
});
