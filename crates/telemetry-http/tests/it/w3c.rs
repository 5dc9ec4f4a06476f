//! The rules of the W3C's trace context through HTTP: what is received over a socket, and what is handed on to the next.
//!
//! The cases follow the public validation suite's, which looks at the same two headers of the same two requests.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use http::HeaderMap;
use telemetry_core::propagation::{StrictPropagator, inject_with};
use telemetry_core::trace::{ActiveSpan, Sampling};

use crate::fixture::Fixture;
use crate::wire;

const TRACE: &str = "12345678901234567890123456789012";
const PARENT: &str = "1234567890123456";
const UNSAMPLED: &str = "traceparent: 00-12345678901234567890123456789012-1234567890123456-00";

/// What the next service would receive from the handler.
async fn handler() -> String {
    let call = ActiveSpan::start(|| tracing::info_span!("call", otel.kind = "client"));
    let mut headers = HeaderMap::new();
    inject_with(&StrictPropagator::default(), &call.context(), &mut headers);
    let line = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        format!("{name}: {}\n", value.to_str().expect("what is sent is text"))
    };
    headers.iter().map(line).collect()
}

struct HandedOn {
    trace_id: String,
    parent_id: String,
    flags: String,
    state: Option<String>,
}

async fn server(fixture: &Fixture) -> SocketAddr {
    wire::serve(Router::new().route("/", get(handler)).layer(fixture.layer())).await
}

async fn handed_on(server: SocketAddr, lines: &[&str]) -> HandedOn {
    let answer = wire::get(server, "/", lines).await;
    let find = |name: &str| {
        let mut found = answer.body.lines().filter_map(|line| line.split_once(": ")).filter(|(key, _)| *key == name);
        let value = found.next().map(|(_, value)| value.to_owned());
        assert!(found.next().is_none(), "several lines of {name}");
        value
    };
    let parent = find("traceparent").unwrap_or_else(|| panic!("no traceparent for {lines:?}"));
    let parts: Vec<&str> = parent.split('-').collect();
    let [version, trace_id, parent_id, flags] = parts[..] else { panic!("{parent}") };
    let hex = |part: &str, length| {
        part.len() == length && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    assert!(version == "00" && hex(trace_id, 32) && hex(parent_id, 16) && hex(flags, 2), "{parent}");
    assert!(trace_id.bytes().any(|byte| byte != b'0') && parent_id.bytes().any(|byte| byte != b'0'), "{parent}");
    // The caller finds the request in the same trace.
    let told = answer.headers["traceparent"].to_str().expect("it is text");
    assert_eq!(&told[3..35], trace_id);
    HandedOn {
        trace_id: trace_id.to_owned(),
        parent_id: parent_id.to_owned(),
        flags: flags.to_owned(),
        state: find("tracestate"),
    }
}

#[tokio::test]
async fn a_valid_traceparent_is_followed() {
    let fixture = Fixture::sampling(Sampling::ParentBasedAlwaysOn);
    let server = server(&fixture).await;
    let line = |text: &str| text.replace("T-P", &format!("{TRACE}-{PARENT}"));
    for text in [
        "traceparent: 00-T-P-01",
        // Names match whatever their case.
        "TraceParent: 00-T-P-01",
        "TrAcEpArEnT: 00-T-P-01",
        "TRACEPARENT: 00-T-P-01",
        // Blanks around a header's value are none of it.
        "traceparent:  00-T-P-01",
        "traceparent: \t00-T-P-01",
        "traceparent: 00-T-P-01 ",
        "traceparent: 00-T-P-01\t",
        "traceparent: \t 00-T-P-01 \t",
        // Later versions, with and without more.
        "traceparent: cc-T-P-01",
        "traceparent: cc-T-P-01-what-the-future-will-be-like",
        "traceparent: 01-T-P-09",
        "traceparent: fe-T-P-ff-",
    ] {
        let handed_on = handed_on(server, &[&line(text)]).await;
        assert_eq!(handed_on.trace_id, TRACE, "{text:?}");
        assert_ne!(handed_on.parent_id, PARENT, "{text:?}");
        // Those that are defined: the rest is to be zero.
        assert_eq!(handed_on.flags, if text.ends_with("ff-") { "03" } else { "01" }, "{text:?}");
    }
    assert_eq!(handed_on(server, &[UNSAMPLED]).await.flags, "00");
    assert_eq!(handed_on(server, &[&line("traceparent: 00-T-P-03")]).await.flags, "03");
    assert_eq!(handed_on(server, &[&line("traceparent: 00-T-P-02")]).await.flags, "02");
    // Flags that are not known are not handed on.
    assert_eq!(handed_on(server, &[&line("traceparent: 00-T-P-fe")]).await.flags, "02");
}

#[tokio::test]
async fn anything_else_begins_a_trace() {
    let fixture = Fixture::sampling(Sampling::ParentBasedAlwaysOn);
    let server = server(&fixture).await;
    let one = format!("traceparent: 00-{TRACE}-{PARENT}-01");
    let cases: &[&[&str]] = &[
        &[],
        &[&one, &one],
        &[&one, "traceparent: 00-12345678901234567890123456789011-1234567890123456-01"],
        // Other names.
        &["trace-parent: 00-12345678901234567890123456789012-1234567890123456-01"],
        &["trace.parent: 00-12345678901234567890123456789012-1234567890123456-01"],
        // Version 00 has nothing after the flags.
        &["traceparent: 00-12345678901234567890123456789012-1234567890123456-01."],
        &["traceparent: 00-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like"],
        &["traceparent: cc-12345678901234567890123456789012-1234567890123456-01.what-the-future-will-be-like"],
        // Versions.
        &["traceparent: ff-12345678901234567890123456789012-1234567890123456-01"],
        &["traceparent: .0-12345678901234567890123456789012-1234567890123456-01"],
        &["traceparent: 0.-12345678901234567890123456789012-1234567890123456-01"],
        &["traceparent: 000-12345678901234567890123456789012-1234567890123456-01"],
        &["traceparent: 0000-12345678901234567890123456789012-1234567890123456-01"],
        &["traceparent: 0-12345678901234567890123456789012-1234567890123456-01"],
        // Trace ids.
        &["traceparent: 00-00000000000000000000000000000000-1234567890123456-01"],
        &["traceparent: 00-.2345678901234567890123456789012-1234567890123456-01"],
        &["traceparent: 00-1234567890123456789012345678901.-1234567890123456-01"],
        &["traceparent: 00-ABCDEF78901234567890123456789012-1234567890123456-01"],
        &["traceparent: 00-123456789012345678901234567890123-1234567890123456-01"],
        &["traceparent: 00-1234567890123456789012345678901-1234567890123456-01"],
        // Parent ids.
        &["traceparent: 00-12345678901234567890123456789012-0000000000000000-01"],
        &["traceparent: 00-12345678901234567890123456789012-.234567890123456-01"],
        &["traceparent: 00-12345678901234567890123456789012-123456789012345.-01"],
        &["traceparent: 00-12345678901234567890123456789012-12345678901234567-01"],
        &["traceparent: 00-12345678901234567890123456789012-123456789012345-01"],
        // Flags.
        &["traceparent: 00-12345678901234567890123456789012-1234567890123456-.0"],
        &["traceparent: 00-12345678901234567890123456789012-1234567890123456-0."],
        &["traceparent: 00-12345678901234567890123456789012-1234567890123456-001"],
        &["traceparent: 00-12345678901234567890123456789012-1234567890123456-1"],
        &["traceparent: "],
        // Without a valid traceparent the state is not looked at.
        &["tracestate: foo=1,bar=2"],
        &["traceparent: 00-00000000000000000000000000000000-1234567890123456-01", "tracestate: foo=1"],
    ];
    let mut begun = BTreeSet::new();
    for lines in cases {
        let handed_on = handed_on(server, lines).await;
        assert_eq!(handed_on.state, None, "{lines:?}");
        assert_eq!(handed_on.flags, "03", "{lines:?}");
        for received in ["1234567890123456789012345678901", "2345678901234567890123456789012"] {
            assert!(!handed_on.trace_id.contains(received), "{lines:?}");
        }
        begun.insert(handed_on.trace_id);
    }
    assert_eq!(begun.len(), cases.len(), "each begins its own");
}

#[tokio::test]
async fn a_valid_tracestate_is_handed_on() {
    let fixture = Fixture::sampling(Sampling::ParentBasedAlwaysOn);
    let server = server(&fixture).await;
    let all_of_a_key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
    let all_of_a_value: String = (b' '..=b'~').filter(|byte| !b",=".contains(byte)).map(char::from).collect();
    let (of_one, of_two) =
        (format!("{all_of_a_key}={all_of_a_value}"), format!("{all_of_a_key}@a-z0-9_-*/={all_of_a_value}"));
    let members =
        |range: std::ops::RangeInclusive<u8>| range.map(|i| format!("bar{i:02}={i:02}")).collect::<Vec<_>>().join(",");
    let thirty_two = [members(1..=10), members(11..=20), members(21..=30), members(31..=32)];
    let longest = format!("{}=1", "z".repeat(256));
    let tenants = [
        format!("{}@{}=1", "t".repeat(241), "v".repeat(14)),
        format!("{}@v=1", "t".repeat(242)),
        format!("t@{}=1", "v".repeat(15)),
    ];
    let mut cases: Vec<(Vec<&str>, String)> = vec![
        (vec!["foo=1,bar=2"], "foo=1,bar=2".into()),
        (vec!["foo=1,bar=2", "rojo=1,congo=2", "baz=3"], "foo=1,bar=2,rojo=1,congo=2,baz=3".into()),
        (vec!["foo=1", ""], "foo=1".into()),
        (vec!["", "foo=1"], "foo=1".into()),
        (vec!["foo=1 \t , \t bar=2, \t baz=3"], "foo=1,bar=2,baz=3".into()),
        (vec!["foo=1\t \t,\t \tbar=2,\t \tbaz=3"], "foo=1,bar=2,baz=3".into()),
        (vec!["\t foo=1 \t"], "foo=1".into()),
        (vec!["foo=1,,bar=2"], "foo=1,bar=2".into()),
        // Of a key that is there several times, one stays.
        (vec!["foo=1,foo=1"], "foo=1".into()),
        (vec!["foo=1,foo=2"], "foo=1".into()),
        (vec!["foo=1", "foo=2"], "foo=1".into()),
        // An at sign is a character like others.
        (vec!["foo@=1,bar=2"], "foo@=1,bar=2".into()),
        (vec!["foo@@bar=1,bar=2"], "foo@@bar=1,bar=2".into()),
        (vec!["foo@bar@baz=1,bar=2"], "foo@bar@baz=1,bar=2".into()),
        (vec![&of_one], of_one.clone()),
        (vec![&of_two], of_two.clone()),
        (vec!["foo=1", &longest], format!("foo=1,{longest}")),
        (thirty_two.iter().map(String::as_str).collect(), thirty_two.join(",")),
    ];
    cases.extend(tenants.iter().map(|tenant| (vec!["foo=1", tenant.as_str()], format!("foo=1,{tenant}"))));
    for name in ["tracestate", "TraceState", "TRACESTATE"] {
        for sampled in ["00", "01"] {
            let parent = format!("traceparent: 00-{TRACE}-{PARENT}-{sampled}");
            for (states, expected) in &cases {
                let states: Vec<String> = states.iter().map(|state| format!("{name}: {state}")).collect();
                let lines: Vec<&str> = std::iter::once(&parent).chain(&states).map(String::as_str).collect();
                let handed_on = handed_on(server, &lines).await;
                assert_eq!(handed_on.trace_id, TRACE, "{lines:?}");
                assert_eq!(handed_on.state.as_ref(), Some(expected), "{lines:?}");
            }
        }
    }
}

#[tokio::test]
async fn any_other_tracestate_is_left_out_and_costs_nothing_else() {
    let fixture = Fixture::sampling(Sampling::ParentBasedAlwaysOn);
    let server = server(&fixture).await;
    let too_long = format!("tracestate: foo=1,{}=1", "z".repeat(257));
    let too_long_value = format!("tracestate: foo={}", "v".repeat(257));
    let thirty_three: String = (1..=33).map(|i| format!("bar{i:02}={i:02},")).collect();
    let too_many = format!("tracestate: {thirty_three}");
    for lines in [
        &["tracestate: "][..],
        &["trace-state: foo=1"],
        &["trace.state: foo=1"],
        &["tracestate: foo =1"],
        &["tracestate: FOO=1"],
        &["tracestate: foo.bar=1"],
        &["tracestate: @foo=1,bar=2"],
        &["tracestate: _foo=1"],
        &["tracestate: foo"],
        &["tracestate: foo=bar=baz"],
        &["tracestate: foo=,bar=3"],
        &["tracestate: =1"],
        &["tracestate: foo=1", "tracestate: bar?=1"],
        &[&too_long],
        &[&too_long_value],
        &[&too_many],
    ] {
        let lines: Vec<&str> = std::iter::once(UNSAMPLED).chain(lines.iter().copied()).collect();
        let handed_on = handed_on(server, &lines).await;
        assert_eq!((handed_on.trace_id.as_str(), handed_on.state), (TRACE, None), "{lines:?}");
    }
}

#[tokio::test]
async fn several_calls_of_a_request_are_of_one_trace_and_have_their_own_ids() {
    async fn three() -> String {
        let mut calls = String::new();
        for _ in 0..3 {
            calls += &handler().await;
        }
        calls
    }
    let fixture = Fixture::sampling(Sampling::ParentBasedAlwaysOn);
    let server = wire::serve(Router::new().route("/", get(three)).layer(fixture.layer())).await;
    let followed = format!("traceparent: 00-{TRACE}-{PARENT}-01");
    let illegal = format!("traceparent: 00-{}-{PARENT}-01", "0".repeat(32));
    for lines in [&[followed.as_str()][..], &[], &[&illegal]] {
        let body = wire::get(server, "/", lines).await.body;
        let sent: Vec<&str> = body.lines().filter_map(|line| line.strip_prefix("traceparent: 00-")).collect();
        let traces: BTreeSet<&str> = sent.iter().map(|parent| &parent[..32]).collect();
        let parents: BTreeSet<&str> = sent.iter().map(|parent| &parent[33..49]).collect();
        assert_eq!((traces.len(), parents.len()), (1, 3), "{body}");
        assert_eq!(traces.contains(TRACE), lines.first() == Some(&followed.as_str()));
    }
}
