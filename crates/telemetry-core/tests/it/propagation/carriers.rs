//! Every kind of carrier, held to the same behaviour.

use std::collections::{BTreeMap, HashMap};

use opentelemetry::propagation::Extractor as _;
use telemetry_core::propagation::{AsExtractor, Carrier};

use super::fixture::headers;

fn check(mut carrier: impl Carrier) {
    carrier.set("traceparent", "1".to_owned());
    carrier.set("TraceParent", "2".to_owned());
    assert_eq!(carrier.lines("traceparent"), ["2"], "one line takes the place of all");
    assert_eq!(carrier.lines("TRACEPARENT"), ["2"], "names match whatever their case");
    assert_eq!(carrier.names(), ["traceparent"]);
    carrier.remove("Traceparent");
    assert!(carrier.names().is_empty());
    assert!(carrier.lines("traceparent").is_empty());
}

#[test]
fn all_of_them_behave_alike() {
    check(http::HeaderMap::new());
    check(HashMap::new());
    check(BTreeMap::new());
}

#[test]
fn every_line_is_seen() {
    let headers = headers(&[("tracestate", "a=1"), ("tracestate", "b=2")]);
    let extractor = AsExtractor(&headers);
    assert_eq!(extractor.get("tracestate"), Some("a=1"));
    assert_eq!(extractor.get_all("tracestate"), Some(vec!["a=1", "b=2"]));
    assert_eq!(extractor.get_all("traceparent"), None);
    assert_eq!(extractor.keys(), ["tracestate"]);

    // Two spellings of a name in a map are two lines.
    let map = BTreeMap::from([("Traceparent", "1"), ("traceparent", "2")].map(|(k, v)| (k.to_owned(), v.to_owned())));
    assert_eq!(map.lines("traceparent").len(), 2);
}

#[test]
fn a_value_that_no_header_can_hold_is_not_set() {
    let mut headers = http::HeaderMap::new();
    Carrier::set(&mut headers, "traceparent", "line\r\nbreak".to_owned());
    Carrier::set(&mut headers, "no name", "1".to_owned());
    assert!(headers.is_empty());
}
