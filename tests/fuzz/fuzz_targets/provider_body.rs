//! Whole answers of providers, sound and refused: neither what is read nor what is not panics, and no cost is unsound.
#![no_main]

use std::sync::OnceLock;

use http::HeaderMap;
use libfuzzer_sys::fuzz_target;
use telemetry_core::Meter;
use telemetry_llm::{Failure, Llm};

const PROVIDERS: [&str; 8] = ["openai", "anthropic", "gemini", "bedrock", "cohere", "ollama", "openrouter", "unheard-of"];
const STATUSES: [u16; 6] = [400, 401, 402, 408, 429, 529];

fuzz_target!(|input: &[u8]| {
    static LLM: OnceLock<Llm> = OnceLock::new();
    let llm = LLM.get_or_init(|| Llm::new(&Meter::noop()));
    let Some((choice, body)) = input.split_first() else { return };
    let mut call = llm.start(PROVIDERS[usize::from(*choice) % PROVIDERS.len()], "gpt-4o");
    call.body(body);
    let ended = call.complete();
    if let Some(cost) = ended.cost_usd() {
        assert!(cost.is_finite() && cost >= 0.0, "{cost}");
    }
    let failure = Failure::from_response(STATUSES[usize::from(*choice) % STATUSES.len()], &HeaderMap::new(), body);
    assert!(failure.retry_after().is_none_or(|wait| wait.as_secs() <= 86_400));
    assert!(failure.message().is_none_or(|message| message.len() <= 2048));
});
