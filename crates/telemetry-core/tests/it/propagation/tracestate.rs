//! What of a `tracestate` is handed on.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};

use opentelemetry::propagation::TextMapPropagator as _;
use telemetry_core::propagation::{AsExtractor, StrictPropagator};

use super::fixture::{PARENT, headers, sent};

/// What is handed on of these lines.
fn state(lines: &[&str]) -> String {
    let mut all = vec![("traceparent", PARENT)];
    all.extend(lines.iter().map(|line| ("tracestate", *line)));
    let context = StrictPropagator::default().extract_with_context(&Context::new(), &AsExtractor(&headers(&all)));
    assert!(context.has_active_span(), "a bad tracestate does not cost the traceparent: {lines:?}");
    sent(&context).remove("tracestate").unwrap_or_default()
}

fn members(range: std::ops::Range<usize>) -> String {
    range.map(|i| format!("k{i}={i}")).collect::<Vec<_>>().join(",")
}

#[test]
fn what_is_valid_is_taken() {
    let long_value = format!("a={}", "v".repeat(256));
    let long_key = format!("{}=1", "k".repeat(256));
    let long_tenant = format!("{}@{}=1", "1".repeat(241), "s".repeat(13));
    let longest_system = format!("t@{}=1", "s".repeat(14));
    let longer_system = format!("t@{}=1", "s".repeat(15));
    let longer_tenant = format!("{}@v=1", "t".repeat(242));
    let full = members(0..32);
    for (lines, expected) in [
        (vec!["a=1"], "a=1"),
        (vec!["a=1,b=2"], "a=1,b=2"),
        (vec!["a=1", "b=2,c=3"], "a=1,b=2,c=3"),
        (vec!["a=1 , \tb=2\t"], "a=1,b=2"),
        (vec!["a=1,,b=2,", ""], "a=1,b=2"),
        (vec![""], ""),
        (vec!["a= b c"], "a= b c"),
        (vec!["a=!\"#$%&'()*+-./:;<>?@[\\]^_`{|}~"], "a=!\"#$%&'()*+-./:;<>?@[\\]^_`{|}~"),
        (vec!["a_-*/0=1"], "a_-*/0=1"),
        (vec!["0tenant@system=1"], "0tenant@system=1"),
        // The second level knows `@` as a character like others.
        (vec!["1a=1"], "1a=1"),
        (vec!["a@=1,b=2"], "a@=1,b=2"),
        (vec!["a@@b=1,b=2"], "a@@b=1,b=2"),
        (vec!["a=1,a@b@c=2,b=3"], "a=1,a@b@c=2,b=3"),
        (vec!["a@0b=1"], "a@0b=1"),
        // Of a key that is there twice, the first is the latest.
        (vec!["a=1,a=2"], "a=1"),
        (vec!["a=1;b", "a=2"], "a=1;b"),
        (vec!["a=1", "b=2", "a=3"], "a=1,b=2"),
        (vec![longest_system.as_str()], longest_system.as_str()),
        (vec![longer_system.as_str()], longer_system.as_str()),
        (vec![longer_tenant.as_str()], longer_tenant.as_str()),
        (vec![long_value.as_str()], long_value.as_str()),
        (vec![long_key.as_str()], long_key.as_str()),
        (vec![long_tenant.as_str()], long_tenant.as_str()),
        (vec![full.as_str()], full.as_str()),
    ] {
        assert_eq!(state(&lines), expected, "{lines:?}");
    }
}

#[test]
fn what_is_malformed_costs_the_whole_list() {
    let long_value = format!("a={}", "v".repeat(257));
    let long_key = format!("{}=1", "k".repeat(257));
    let many = members(0..33);
    for lines in [
        vec!["a"],
        vec!["a="],
        vec!["=1"],
        vec!["a=1=2"],
        vec!["a==1"],
        vec!["a =1"],
        vec!["A=1"],
        vec!["_a=1"],
        vec!["a.b=1"],
        vec!["@b=1"],
        vec!["a=1\tb"],
        vec!["good=1,b?d=2"],
        vec![long_value.as_str()],
        vec![long_key.as_str()],
        vec![many.as_str()],
        vec![many.as_str(), "b=1"],
    ] {
        assert_eq!(state(&lines), "", "{lines:?}");
    }
}

#[test]
fn what_a_span_cannot_hold_travels_beside_it() {
    let lines = headers(&[("traceparent", PARENT), ("tracestate", "a=1,t@u@v=2,b=3")]);
    let received = StrictPropagator::default().extract_with_context(&Context::new(), &AsExtractor(&lines));
    let parent = received.span().span_context().clone();
    assert_eq!(parent.trace_state().header(), "a=1,b=3", "what the SDK can hold");

    // A child of the same trace hands all of it on, with its own id.
    let child = |trace_id, state: &str| {
        let pairs: Vec<_> = state.split(',').filter_map(|member| member.split_once('=')).collect();
        let state = TraceState::from_key_value(pairs).expect("the SDK takes it");
        let span = SpanContext::new(trace_id, SpanId::from(9), TraceFlags::SAMPLED, false, state);
        sent(&received.with_remote_span_context(span))
    };
    assert_eq!(child(parent.trace_id(), "a=1,b=3")["tracestate"], "a=1,t@u@v=2,b=3");
    // One that the application has changed goes as it is, and so does that of another trace.
    assert_eq!(child(parent.trace_id(), "a=9,b=3")["tracestate"], "a=9,b=3");
    assert_eq!(child(TraceId::from(1), "a=1,b=3")["tracestate"], "a=1,b=3");
}

#[test]
fn a_line_that_is_no_text_costs_the_whole_list() {
    let mut headers = headers(&[("traceparent", PARENT), ("tracestate", "a=1")]);
    headers.append("tracestate", http::HeaderValue::from_bytes(b"b=\xff").expect("any bytes but control characters"));
    let context = StrictPropagator::default().extract_with_context(&Context::new(), &AsExtractor(&headers));
    assert!(context.span().span_context().is_valid());
    assert_eq!(context.span().span_context().trace_state(), &TraceState::NONE);
}

#[test]
fn of_a_long_list_512_characters_are_kept() {
    let member = |key: &str, length: usize| format!("{key}={}", "v".repeat(length - key.len() - 1));
    let short: Vec<String> = ["a", "b", "c", "d"].into_iter().map(|key| member(key, 128)).collect();

    // 4 * 128 and 3 commas: the last goes.
    assert_eq!(state(&[&short.join(",")]), short[..3].join(","));
    // Whatever is longer than 128 goes before that.
    let long = member("long", 129);
    let mixed = [&short[0], &long, &short[1], &short[2]].map(String::as_str).join(",");
    assert_eq!(state(&[&mixed]), short[..3].join(","));
    // 512 exactly stays.
    let exact = [member("a", 255), member("b", 256)].join(",");
    assert_eq!(exact.len(), 512);
    assert_eq!(state(&[&exact]), exact);
}

#[test]
fn a_state_made_here_is_checked_before_it_is_sent() {
    let context = |pairs: &[(&str, &str)]| {
        let state = TraceState::from_key_value(pairs.iter().copied()).expect("the SDK takes it");
        let span = SpanContext::new(TraceId::from(1), SpanId::from(1), TraceFlags::SAMPLED, false, state);
        Context::new().with_remote_span_context(span)
    };
    assert_eq!(sent(&context(&[("a", "1")]))["tracestate"], "a=1");
    for bad in [&[("a", "line\r\nbreak")][..], &[("a", "")], &[("", "1")], &[("a", "\u{fc}")]] {
        let sent = sent(&context(bad));
        assert!(sent.contains_key("traceparent") && !sent.contains_key("tracestate"), "{bad:?}: {sent:?}");
    }
}
