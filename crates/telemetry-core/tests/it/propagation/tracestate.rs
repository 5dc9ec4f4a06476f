use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};

use super::{PARENT, arrives, sent};

fn state(lines: &[&str]) -> String {
    let mut all = vec![("traceparent", PARENT)];
    all.extend(lines.iter().map(|line| ("tracestate", *line)));
    let span = arrives(&all);
    assert!(span.is_valid(), "a bad tracestate does not cost the traceparent: {lines:?}");
    span.trace_state().header()
}

fn members(range: std::ops::Range<usize>) -> String {
    range.map(|i| format!("k{i}={i}")).collect::<Vec<_>>().join(",")
}

#[test]
fn what_is_valid_is_taken() {
    let long_value = format!("a={}", "v".repeat(256));
    let long_key = format!("{}=1", "k".repeat(256));
    let long_tenant = format!("{}@{}=1", "1".repeat(241), "s".repeat(13));
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
    let long_tenant = format!("{}@s=1", "t".repeat(242));
    let long_system = format!("t@{}=1", "s".repeat(15));
    let many = members(0..33);
    for lines in [
        vec!["a"],
        vec!["a="],
        vec!["=1"],
        vec!["a=1=2"],
        vec!["a==1"],
        vec!["a =1"],
        vec!["A=1"],
        vec!["1a=1"],
        vec!["_a=1"],
        vec!["a.b=1"],
        vec!["a@b@c=1"],
        vec!["@b=1"],
        vec!["a@=1"],
        vec!["a@0b=1"],
        vec!["a=1\tb"],
        vec!["a=1;b", "a=2"],
        vec!["a=1,a=2"],
        vec!["a=1", "b=2", "a=1"],
        vec!["good=1,b?d=2"],
        vec![long_value.as_str()],
        vec![long_key.as_str()],
        vec![long_tenant.as_str()],
        vec![long_system.as_str()],
        vec![many.as_str()],
        vec![many.as_str(), "b=1"],
    ] {
        assert_eq!(state(&lines), "", "{lines:?}");
    }
}

#[test]
fn what_the_sdk_cannot_hold_costs_that_member() {
    let longest = format!("t@{}=1", "s".repeat(14));
    assert_eq!(state(&["a=1", &longest, "b=2"]), "a=1,b=2");
}

#[test]
fn a_line_that_is_no_text_costs_the_whole_list() {
    let mut headers = super::headers(&[("traceparent", PARENT), ("tracestate", "a=1")]);
    headers.append("tracestate", http::HeaderValue::from_bytes(b"b=\xff").expect("any bytes but control characters"));
    let context = opentelemetry::propagation::TextMapPropagator::extract_with_context(
        &telemetry_core::propagation::StrictPropagator::default(),
        &Context::new(),
        &telemetry_core::propagation::AsExtractor(&headers),
    );
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
    for bad in
        [&[("a", "line\r\nbreak")][..], &[("a", "1"), ("a", "2")], &[("a", "")], &[("1", "1")], &[("a", "\u{fc}")]]
    {
        let sent = sent(&context(bad));
        assert!(sent.contains_key("traceparent") && !sent.contains_key("tracestate"), "{bad:?}: {sent:?}");
    }
}
