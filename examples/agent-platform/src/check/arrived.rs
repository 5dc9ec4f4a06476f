//! What a receiver has of the platform's spans and log records, each counted once however often it was sent.

use std::collections::{BTreeMap, BTreeSet};

use telemetry_testkit::OtlpSink;

/// How many spans of each name arrived.
#[must_use]
pub fn spans(receiver: &OtlpSink) -> BTreeMap<String, u64> {
    count(receiver.spans().distinct().iter().map(|span| &*span.name))
}

/// How many log records of each message arrived.
#[must_use]
pub fn logs(receiver: &OtlpSink) -> BTreeMap<String, u64> {
    let logs = receiver.logs();
    // A record that was sent again has the same time and span.
    let distinct: BTreeSet<_> = logs.iter().map(|log| (&*log.body, log.time_unix_nanos, &log.span_id)).collect();
    count(distinct.into_iter().map(|(body, ..)| body))
}

fn count<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name.to_owned()).or_default() += 1;
    }
    counts
}
