//! Which `traceparent` continues a trace, and which starts another.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use telemetry_core::propagation::{TraceContext, TraceContextError};

use super::fixture::{PARENT, arrives, headers, sent};

#[test]
fn what_is_valid_is_taken() {
    let tail = "-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-";
    for (line, sampled) in [
        (format!("00{tail}01"), true),
        (format!("00{tail}00"), false),
        (format!("00{tail}03"), true),
        (format!("00{tail}02"), false),
        (format!("00{tail}ff"), true),
        (format!("01{tail}01"), true),
        (format!("cc{tail}00"), false),
        (format!("cc{tail}01-what-the-future-brings"), true),
        (format!("fe{tail}01-"), true),
    ] {
        let span = arrives(&[("traceparent", &line)]);
        assert_eq!(span.trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c", "{line}");
        assert_eq!(span.span_id().to_string(), "b7ad6b7169203331", "{line}");
        assert_eq!(span.is_sampled(), sampled, "{line}");
        assert!(span.is_remote(), "{line}");
        // We speak version 00, and keep the flags that are defined.
        let flags = u8::from_str_radix(&line[53..55], 16).unwrap() & 0b11;
        let context = Context::new().with_remote_span_context(span);
        assert_eq!(sent(&context)["traceparent"], format!("00{tail}{flags:02x}"), "{line}");
    }
}

#[test]
fn what_is_not_valid_starts_a_new_trace() {
    use TraceContextError as E;
    for (line, error) in [
        // Lengths.
        ("", E::Length),
        ("00", E::Length),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", E::Length),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1", E::Length),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-", E::Length),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more", E::Length),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-010", E::Length),
        ("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-010", E::Length),
        ("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.more", E::Length),
        (" 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", E::Version),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 ", E::Length),
        // Dashes.
        ("00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", E::Length),
        ("00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01", E::Length),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01", E::Length),
        // Versions.
        ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", E::Version),
        ("FF-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", E::Version),
        ("0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", E::Version),
        ("Cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", E::Version),
        // Ids.
        ("00-00000000000000000000000000000000-b7ad6b7169203331-01", E::TraceId),
        ("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", E::TraceId),
        ("00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", E::TraceId),
        ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", E::ParentId),
        ("00-0af7651916cd43dd8448eb211c80319c-B7ad6b7169203331-01", E::ParentId),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333.-01", E::ParentId),
        // Flags.
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0A", E::Flags),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-.1", E::Flags),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331- 1", E::Flags),
        // Characters of more than one byte, where a slice of the text would panic.
        ("0\u{e9}-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1", E::Version),
    ] {
        assert_eq!(TraceContext::parse(&[line], &[]), Err(error), "{line}");
        let carrier = std::collections::BTreeMap::from([("traceparent".to_owned(), line.to_owned())]);
        let context = opentelemetry::propagation::TextMapPropagator::extract_with_context(
            &telemetry_core::propagation::StrictPropagator::default(),
            &Context::new(),
            &telemetry_core::propagation::AsExtractor(&carrier),
        );
        assert!(!context.has_active_span(), "{line}");
    }
}

#[test]
fn there_is_one_line() {
    assert_eq!(TraceContext::parse(&[], &["a=1"]), Err(TraceContextError::Lines(0)));
    assert!(!arrives(&[("traceparent", PARENT), ("traceparent", PARENT)]).is_valid());
    assert!(!arrives(&[("tracestate", "a=1")]).is_valid());
    assert!(arrives(&[("traceparent", PARENT)]).is_valid());
}

#[test]
fn a_line_that_is_no_text_is_a_line() {
    let mut headers = headers(&[("traceparent", PARENT)]);
    headers.append("traceparent", http::HeaderValue::from_bytes(b"\xff").expect("any bytes but control characters"));
    let context = opentelemetry::propagation::TextMapPropagator::extract_with_context(
        &telemetry_core::propagation::StrictPropagator::default(),
        &Context::new(),
        &telemetry_core::propagation::AsExtractor(&headers),
    );
    assert!(!context.has_active_span());
}

#[test]
fn a_span_without_ids_is_not_sent() {
    assert!(sent(&Context::new()).is_empty());
    for (trace, span) in [(TraceId::INVALID, SpanId::from(1)), (TraceId::from(1), SpanId::INVALID)] {
        let span = SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::NONE);
        assert_eq!(TraceContext::from_span_context(&span), None);
        assert!(sent(&Context::new().with_remote_span_context(span)).is_empty());
    }
}
