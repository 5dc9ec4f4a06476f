//! Baggage: what arrives of a header, and what is sent.

use std::collections::BTreeMap;

use opentelemetry::baggage::{BaggageExt as _, KeyValueMetadata};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::{Context, KeyValue};
use telemetry_core::propagation::{AsExtractor, PropagatorSet, StrictPropagator};

use super::fixture::{PARENT, headers, sent};

fn arrives(lines: &[&str]) -> BTreeMap<String, (String, String)> {
    let lines: Vec<_> = lines.iter().map(|line| ("baggage", *line)).collect();
    let context = StrictPropagator::default().extract_with_context(&Context::new(), &AsExtractor(&headers(&lines)));
    let text = |(key, (value, metadata)): (&opentelemetry::Key, &(opentelemetry::StringValue, _))| {
        let metadata: &opentelemetry::baggage::BaggageMetadata = metadata;
        (key.as_str().to_owned(), (value.as_str().to_owned(), metadata.as_str().to_owned()))
    };
    context.baggage().iter().map(text).collect()
}

#[test]
fn members_of_all_lines_arrive_and_malformed_ones_do_not() {
    let arrived = arrives(&["a=1, b = two%20words ;p=1;q", "c=x=y==,d=%C3%BC,=1,e,f g=1,h=%zz,i=\"1\",j=%ff"]);
    let expected = [("a", "1", ""), ("b", "two words", "p=1;q"), ("c", "x=y==", ""), ("d", "\u{fc}", "")];
    let text =
        |(key, value, properties): (&str, &str, &str)| (key.to_owned(), (value.to_owned(), properties.to_owned()));
    assert_eq!(arrived, expected.map(text).into());
}

#[test]
fn a_header_over_the_limit_is_dropped_whole() {
    let fits = format!("a={}", "v".repeat(8000));
    assert_eq!(arrives(&[&fits]).len(), 1);
    let long = format!("a={},b=1", "v".repeat(8190));
    assert!(arrives(&[&long]).is_empty());
    let many = (0..100).map(|i| format!("k{i}={i}")).collect::<Vec<_>>().join(",");
    assert_eq!(arrives(&[&many]).len(), 64);
}

#[test]
fn whatever_the_value_the_header_is_valid_and_comes_back() {
    let value = "50% \u{fc} \"quoted\", a;b=c\\d \r\n";
    let context = Context::new().with_baggage([KeyValue::new("k", value), KeyValue::new("plain", "x")]);
    let header = sent(&context)["baggage"].clone();
    assert!(header.bytes().all(|byte| byte.is_ascii_graphic()), "{header}");
    assert_eq!(header, "k=50%25%20%C3%BC%20%22quoted%22%2C%20a%3Bb=c%5Cd%20%0D%0A,plain=x");
    assert_eq!(arrives(&[&header])["k"].0, value);
}

#[test]
fn properties_that_cannot_stand_in_a_header_are_left_out() {
    let member = |properties: &str| [KeyValueMetadata::new("k", "v", properties)];
    assert_eq!(sent(&Context::new().with_baggage(member("p=1;q")))["baggage"], "k=v;p=1;q");
    for bad in ["p=1\r\nx-evil: 1", "p=1,evil=1", "\u{fc}"] {
        assert_eq!(sent(&Context::new().with_baggage(member(bad)))["baggage"], "k=v", "{bad:?}");
    }
}

#[test]
fn only_the_chosen_headers_are_read_and_written() {
    let received = headers(&[("traceparent", PARENT), ("baggage", "a=1")]);
    let both = PropagatorSet::ALL;
    for set in [
        both,
        PropagatorSet { baggage: false, ..both },
        PropagatorSet { trace_context: false, ..both },
        PropagatorSet::NONE,
    ] {
        use opentelemetry::trace::TraceContextExt as _;

        let propagator = StrictPropagator::new(set);
        let context = propagator.extract_with_context(&Context::new(), &AsExtractor(&received));
        assert_eq!(context.has_active_span(), set.trace_context);
        assert_eq!(context.baggage().len(), usize::from(set.baggage));

        let full = StrictPropagator::default().extract_with_context(&Context::new(), &AsExtractor(&received));
        let mut sent = BTreeMap::new();
        propagator.inject_context(&full, &mut telemetry_core::propagation::AsInjector(&mut sent));
        assert_eq!(sent.contains_key("traceparent"), set.trace_context);
        assert_eq!(sent.contains_key("baggage"), set.baggage);
        let fields: Vec<_> = propagator.fields().collect();
        assert_eq!(fields.contains(&"tracestate"), set.trace_context);
        assert_eq!(fields.contains(&"baggage"), set.baggage);
    }
}
