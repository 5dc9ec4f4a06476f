//! Spans, their events and log records as back ends read them: numbers as numbers, events under names that stay.

use std::collections::BTreeSet;
use std::{error, fmt, io};

use telemetry_testkit::{OtlpSink, SpanEntry};
use tracing::field::Empty;

use super::fixture::{SOON, listen, start};

/// What arrives of what is told to `tracing` meanwhile.
fn told(tell: impl FnOnce()) -> (SpanEntry, OtlpSink) {
    let sink = OtlpSink::start();
    let telemetry = start(&sink);
    let listening = listen(&telemetry);
    tell();
    drop(listening);
    let report = telemetry.shutdown_within(SOON);
    assert!(report.is_complete(), "{report}");
    (sink.spans().one("order").clone(), sink)
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn whole_numbers_of_spans_are_numbers_whenever_they_are_told() {
    let (span, _) = told(|| {
        let span = tracing::info_span!(
            "order",
            items = 3_u64,
            wide = 5_u128,
            left = -1_i64,
            huge = u64::MAX,
            weight = Empty,
            seats = Empty
        );
        span.record("weight", 12_usize);
        span.in_scope(|| span.record("seats", 7_u8));
        span.record("weight", 13_usize);
    });
    assert_eq!(span.whole_numbers, names(&["items", "wide", "left", "weight", "seats"]), "{span}");
    for (key, value) in [("items", "3"), ("weight", "13"), ("seats", "7"), ("huge", "18446744073709551615")] {
        span.assert_attribute(key, value);
    }
}

#[test]
fn whole_numbers_of_events_are_numbers_beside_all_else_that_is_told() {
    let failure: &(dyn error::Error + 'static) = &Refused(io::Error::other("the bank is closed"));
    let (span, _) = told(|| {
        let span = tracing::info_span!("order");
        // Before it has begun, after, and from elsewhere.
        tracing::info!(parent: &span, items = 3_u64, "early");
        span.in_scope(|| {
            tracing::info!(items = 3_usize, left = -1, weight = 0.5, paid = true, by = "card", kind = ?Some(1), failure, "taken");
            tracing::info!(left = -1, "plain");
        });
        tracing::info!(parent: &span, items = 4_u64, "late");
        tracing::info!(parent: None, items = 5_u64, "of no span");
    });
    let events: Vec<_> = span.events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(events, ["early", "taken", "plain", "late"], "{span}");
    let [early, taken, plain, late] = &span.events[..] else { panic!("{span}") };
    assert_eq!(early.whole_numbers, names(&["items"]));
    assert_eq!(taken.whole_numbers, names(&["items", "left"]));
    assert_eq!(plain.whole_numbers, names(&["left"]));
    assert_eq!(late.attributes["items"], "4");
    for (key, value) in [
        ("level", "INFO"),
        ("weight", "0.5"),
        ("paid", "true"),
        ("by", "card"),
        ("kind", "Some(1)"),
        ("failure", "refused"),
        ("failure.chain", "[the bank is closed]"),
        ("exception.message", "refused"),
    ] {
        assert_eq!(taken.attributes.get(key).map(String::as_str), Some(value), "{key} of {span}");
    }
}

#[test]
fn events_are_named_by_words_that_stay_and_not_by_a_place() {
    let (span, sink) = told(|| {
        tracing::info_span!("order").in_scope(|| {
            tracing::info!("order taken");
            tracing::info!(name: "order.paid", items = 3_u64);
            tracing::info!(items = 3_u64);
            tracing::info!(name: "event of the year: 1984", left = 3);
        });
    });
    let named: Vec<_> = span.events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(named, ["order taken", "order.paid", module_path!(), "event of the year: 1984"], "{span}");
    let logs = sink.logs();
    let mut named: Vec<_> = logs.iter().map(|log| log.event_name.as_str()).collect();
    named.sort_unstable();
    assert_eq!(named, ["", "", "event of the year: 1984", "order.paid"]);
}

/// An error with a source.
#[derive(Debug)]
struct Refused(io::Error);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl error::Error for Refused {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&self.0)
    }
}
