//! A process that ends properly says so in its last export, so that nobody takes its silence for an outage.

use std::panic::{AssertUnwindSafe, catch_unwind};

use telemetry_testkit::OtlpSink;

use super::fixture::{SOON, towards};

const ENDED: &str = "telemetry_process_ended";

#[test]
fn the_last_export_says_that_the_process_ends() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).build().expect("the settings are good");
    assert!(telemetry.flush_within(SOON).is_complete());
    sink.metrics().assert_gauge(ENDED, &[], 0.0);
    assert!(telemetry.shutdown_within(SOON).is_complete());
    sink.metrics().assert_gauge(ENDED, &[], 1.0);
}

#[test]
fn a_process_that_panics_does_not_end_as_it_is_meant_to() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).build().expect("the settings are good");
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _telemetry = telemetry;
        panic!("as `main` might");
    }));
    assert!(panicked.is_err());
    sink.metrics().assert_gauge(ENDED, &[], 0.0);
}
