//! A collector that is away for a while loses nothing.

use std::time::Duration;

use telemetry_testkit::OtlpSink;

use super::fixture::{SOON, done, start, towards, work};

/// What a collector can do wrong for a while, and what ends it.
type Fault = (&'static str, fn(&OtlpSink), fn(&OtlpSink));

const FAULTS: [Fault; 3] = [
    ("dead", OtlpSink::die, |sink| sink.revive().expect("the port is still ours")),
    ("refusing", |sink| sink.refuse(true), OtlpSink::heal),
    ("hanging", |sink| sink.hang(true), OtlpSink::heal),
];

#[test]
fn an_outage_is_bridged_without_a_loss() {
    for (fault, begin, end) in FAULTS {
        let sink = OtlpSink::start();
        let telemetry = start(&sink);
        work(&telemetry, 10);
        assert!(telemetry.flush_within(SOON).is_complete());
        begin(&sink);
        work(&telemetry, 200);
        let during = telemetry.flush_within(Duration::from_millis(300));
        assert!(during.timed_out(), "{fault}: {during}");
        assert_eq!(during.lost(), 0, "{fault}: nothing is given up yet: {during}");
        work(&telemetry, 100);
        end(&sink);
        let after = telemetry.shutdown_within(SOON);
        assert!(after.is_complete(), "{fault}: {after}");
        assert_eq!(after.traces.lost_in_total + after.logs.lost_in_total, 0, "{fault}: {after}");
        assert_eq!(sink.spans().distinct().len(), 310, "{fault}");
        // A request that timed out may have been taken all the same: records can come twice, but none is missing.
        let mut units: Vec<_> = sink.logs().iter().filter_map(|log| log.attribute("unit").map(str::to_owned)).collect();
        assert!(units.len() >= 310, "{fault}: {}", units.len());
        units.sort();
        units.dedup();
        assert_eq!(units.len(), 200, "{fault}: all of the longest round");
        assert_eq!(done(&sink), 310.0, "{fault}: cumulative counts are whole");
    }
}

#[test]
fn a_dead_connection_is_replaced_after_a_call_that_is_not_answered() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint())
        .settings(|settings| settings.otlp.call_timeout = Some(Duration::from_millis(100)))
        .build()
        .expect("the settings are good");
    sink.hang(true);
    work(&telemetry, 1);
    sink.wait_for(SOON, "several attempts", |sink| sink.counts().hung > 4);
    sink.heal();
    assert!(telemetry.shutdown_within(SOON).is_complete());
}
