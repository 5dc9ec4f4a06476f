//! The functions that go through the process's global propagator, alone in their process.

use std::collections::BTreeMap;

use opentelemetry::trace::TraceContextExt as _;
use opentelemetry::{Context, global};
use telemetry_core::Origin;
use telemetry_core::propagation::{StrictPropagator, extract, inject, inject_current};

#[test]
fn they_do_nothing_until_there_is_a_propagator_and_then_what_it_says() {
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let received = BTreeMap::from([("Traceparent".to_owned(), parent.to_owned())]);
    assert!(!extract(&received).has_active_span());

    global::set_text_map_propagator(StrictPropagator::default());
    let context = extract(&received);
    assert!(context.span().span_context().is_remote());

    // Headers of another context go, all of them.
    let stale = [("traceparent", "stale"), ("tracestate", "stale=1"), ("Baggage", "stale=1"), ("accept", "*/*")];
    let stale = BTreeMap::from(stale.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let mut sent = stale.clone();
    inject(&context, &mut sent);
    let expected = [("accept", "*/*"), ("traceparent", parent)];
    assert_eq!(sent, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());

    // Without a context they stay.
    let mut passed_on = stale.clone();
    inject(&Context::new(), &mut passed_on);
    assert_eq!(passed_on, stale);

    // The active context is what is sent, and no parent of what arrives.
    let mut sent = http::HeaderMap::new();
    {
        let _active = context.attach();
        inject_current(&mut sent);
        assert!(!extract(&http::HeaderMap::new()).has_active_span());
    }
    assert_eq!(sent["traceparent"], parent);
    let mut none = http::HeaderMap::new();
    inject_current(&mut none);
    assert!(none.is_empty());

    // A message carries where its work comes from, which is no parent of that.
    let origin = Origin::from_carrier(&received);
    origin.in_scope(|| assert!(!Context::current().has_active_span()));
    let mut message = BTreeMap::new();
    origin.put_into(&mut message);
    assert_eq!(message, [("traceparent".to_owned(), parent.to_owned())].into());
    let mut empty = BTreeMap::new();
    Origin::current().put_into(&mut empty);
    assert!(empty.is_empty());
}
