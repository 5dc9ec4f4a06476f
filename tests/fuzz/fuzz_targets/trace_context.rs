//! `traceparent` and `tracestate` as a peer sends them: what is taken is handed on as it came, or as the standard says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use telemetry_core::propagation::TraceContext;

fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let parent = lines.next().unwrap_or_default();
    let state: Vec<&str> = lines.collect();
    if let Ok(context) = TraceContext::parse(&[parent], &state) {
        let sent = context.traceparent();
        let state = context.tracestate();
        let state: Vec<&str> = state.as_deref().into_iter().collect();
        let again = TraceContext::parse(&[&sent], &state).expect("what is handed on can be taken");
        assert_eq!((again.traceparent(), again.tracestate().as_deref()), (sent, state.first().copied()));
    }
});
