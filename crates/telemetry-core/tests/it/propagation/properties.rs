//! Whatever is received or set: no panic, and valid headers.

use std::collections::BTreeMap;

use opentelemetry::Context;
use opentelemetry::baggage::{BaggageExt as _, KeyValueMetadata};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use proptest::prelude::*;
use telemetry_core::propagation::{AsExtractor, StrictPropagator, TraceContext};

use super::fixture::sent;

/// What has to hold of everything that is sent: whoever reads strictly reads all of it.
fn check(sent: &BTreeMap<String, String>) -> Result<(), TestCaseError> {
    for value in sent.values() {
        prop_assert!(!value.is_empty() && value.len() <= 8192);
        prop_assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{value:?}");
    }
    prop_assert!(sent.keys().all(|name| ["traceparent", "tracestate", "baggage"].contains(&name.as_str())));
    let Some(parent) = sent.get("traceparent") else {
        prop_assert!(!sent.contains_key("tracestate"));
        return Ok(());
    };
    let state = sent.get("tracestate").map(String::as_str);
    let read = TraceContext::parse(&[parent], &state.into_iter().collect::<Vec<_>>()).expect("what is sent is valid");
    prop_assert_eq!(read.traceparent(), parent.as_str());
    prop_assert_eq!(read.tracestate(), state.map(str::to_owned));
    prop_assert!(state.is_none_or(|state| state.len() <= 512));
    Ok(())
}

proptest! {
    // The cases are large; with fewer the test still takes a second.
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn nothing_received_panics_and_what_is_handed_on_is_valid(
        parent in "\\PC*|[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?|[0-9a-fA-F-]{50,60}",
        state in "\\PC*|([a-z0-9@_]{1,9}=[ -~]{0,9},?){0,40}|[a-z]=[a-z]{0,600}",
        baggage in "\\PC*|([a-z!]{1,4}=[!-~]{0,9}(;[ -~]{0,4})?,?){0,9}",
    ) {
        let received = [("traceparent", parent), ("tracestate", state), ("baggage", baggage)];
        let received: BTreeMap<_, _> = received.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let context = StrictPropagator::default().extract_with_context(&Context::new(), &AsExtractor(&received));
        check(&sent(&context).into_iter().collect())?;
    }

    #[test]
    fn whatever_is_in_a_context_what_is_sent_is_valid(
        (trace, span, flags) in (any::<u128>(), any::<u64>(), any::<u8>()),
        pairs in prop::collection::vec(("[a-z0-9@_/*-]{1,20}", "[^,=]{0,60}|[a-z ]{0,300}"), 0..40),
        baggage in prop::collection::vec(("[!-~]{1,9}", "\\PC{0,40}|[a-z]{300}", "\\PC{0,9}"), 0..90),
    ) {
        let state = TraceState::from_key_value(pairs).unwrap_or_default();
        let span = SpanContext::new(TraceId::from(trace), SpanId::from(span), TraceFlags::new(flags), false, state);
        let baggage = baggage.iter().map(|(k, v, m)| KeyValueMetadata::new(k.clone(), v.clone(), m.as_str()));
        let context = Context::new().with_remote_span_context(span).with_baggage(baggage);
        check(&sent(&context).into_iter().collect())?;
    }
}
