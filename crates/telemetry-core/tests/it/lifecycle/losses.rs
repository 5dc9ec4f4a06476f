//! Every loss is counted, in the report and in the telemetry's own metrics.

use std::time::Duration;

use telemetry_core::ShutdownReport;
use telemetry_core::settings::Settings;
use telemetry_testkit::OtlpSink;

use super::fixture::{SOON, start, towards, work};

const DROPPED: &str = "telemetry_dropped_total";
const FAILURES: &str = "telemetry_export_failures_total";

fn dropped(sink: &OtlpSink, signal: &str, reason: &str) -> f64 {
    sink.metrics().value(DROPPED, &[("signal", signal), ("reason", reason)]).unwrap_or(0.0)
}

#[test]
fn what_the_collector_refuses_for_good_is_lost_once_and_said_why() {
    let sink = OtlpSink::start();
    let telemetry = start(&sink);
    sink.fail_with(tonic::Code::InvalidArgument);
    work(&telemetry, 7);
    let report = telemetry.flush_within(SOON);
    assert!(!report.timed_out(), "a refusal is not retried: {report}");
    assert_eq!((report.traces.lost, report.logs.lost, report.metrics.lost), (7, 7, 0), "{report}");
    assert!(!report.metrics.is_complete(), "cumulative metrics lose nothing, but were not delivered: {report}");
    let error = report.traces.error.expect("there is a reason");
    assert!(error.contains("InvalidArgument") && error.contains("refused on command"), "{error}");

    sink.heal();
    assert!(telemetry.shutdown_within(SOON).is_complete(), "what is lost is lost once");
    assert_eq!(dropped(&sink, "traces", "export_failed"), 7.0);
    assert_eq!(dropped(&sink, "logs", "export_failed"), 7.0);
    assert_eq!(dropped(&sink, "metrics", "export_failed"), 0.0, "cumulative metrics came with the next export");
    for signal in ["metrics", "traces", "logs"] {
        assert_eq!(sink.metrics().value(FAILURES, &[("signal", signal)]), Some(1.0), "{signal}");
    }
}

#[test]
fn an_item_over_the_collectors_limit_is_lost_and_says_so() {
    let sink = OtlpSink::builder().max_message_bytes(150).start().expect("a port is free");
    let telemetry = start(&sink);
    work(&telemetry, 50);
    let report = telemetry.flush_within(SOON);
    let error = report.traces.error.expect("there is a reason");
    assert!(
        error.contains("ResourceExhausted") && error.contains("larger than max") && error.contains("vs. 150"),
        "{error}"
    );
    assert_eq!(report.traces.lost, 50);
}

#[test]
fn a_reason_shows_no_header_even_if_the_collector_quotes_it() {
    let sink = OtlpSink::start();
    sink.fail_with(tonic::Code::Unauthenticated);
    // The sink says "refused on command"; the header's value is part of it.
    let telemetry = towards(sink.endpoint()).header("x-key", "on command").build().expect("the settings are good");
    work(&telemetry, 1);
    let error = telemetry.shutdown_within(SOON).traces.error.expect("there is a reason");
    assert!(error.contains("refused [redacted]"), "{error}");
}

#[test]
fn retries_end_with_the_budget() {
    let sink = OtlpSink::start();
    sink.refuse(true);
    let short = |settings: &mut Settings| settings.otlp.all.timeout = Some(Duration::from_secs(1));
    let telemetry = towards(sink.endpoint()).settings(short).build().expect("the settings are good");
    work(&telemetry, 3);
    let report = telemetry.flush_within(SOON);
    assert!(!report.timed_out(), "{report}");
    assert_eq!((report.traces.lost, report.logs.lost), (3, 3), "{report}");
    assert!(sink.counts().refused > 6, "each was tried several times: {:?}", sink.counts());
    sink.heal();
    work(&telemetry, 2);
    assert!(telemetry.shutdown_within(SOON).is_complete());
    assert_eq!((sink.spans().len(), dropped(&sink, "traces", "export_failed")), (2, 3.0));
}

#[test]
fn a_full_queue_drops_and_counts_each_item() {
    const RECORDED: usize = 500;
    let sink = OtlpSink::start();
    let small = |settings: &mut Settings| {
        settings.batch.spans.max_queue_size = Some(20);
        settings.batch.spans.max_export_batch_size = Some(5);
        settings.batch.logs.max_queue_size = Some(30);
        settings.batch.logs.max_export_batch_size = Some(30);
    };
    let telemetry = towards(sink.endpoint()).settings(small).build().expect("the settings are good");
    sink.hang(true);
    work(&telemetry, RECORDED);
    sink.heal();
    let report = telemetry.flush_within(SOON);
    assert!(!report.timed_out(), "{report}");
    assert!(telemetry.shutdown_within(SOON).is_complete());
    for (signal, arrived) in [("traces", sink.spans().len()), ("logs", sink.logs().len())] {
        let lost = dropped(&sink, signal, "queue_full");
        assert!(lost > 0.0, "{signal}");
        assert_eq!(arrived as f64 + lost, RECORDED as f64, "{signal}: each item is in one count");
    }
}

#[test]
fn delta_metrics_that_were_not_taken_are_lost() {
    let sink = OtlpSink::start();
    let delta = |settings: &mut Settings| {
        settings.metrics.temporality = Some(opentelemetry_sdk::metrics::Temporality::Delta);
    };
    let telemetry = towards(sink.endpoint()).settings(delta).build().expect("the settings are good");
    sink.fail_with(tonic::Code::PermissionDenied);
    work(&telemetry, 1);
    let report: ShutdownReport = telemetry.flush_within(SOON);
    assert!(report.metrics.lost >= 1, "{report}");
    sink.heal();
    assert!(telemetry.shutdown_within(SOON).is_complete());
    assert_eq!(dropped(&sink, "metrics", "export_failed"), report.metrics.lost as f64);
}
