//! What the collector answers is understood: each code, a wait that it asks for, and what it rejects of a request.

use std::time::Duration;

use telemetry_core::Telemetry;
use telemetry_core::settings::{Compression, Settings};
use telemetry_testkit::OtlpSink;
use tonic::Code;

use super::fixture::{SOON, start, towards, work};

/// Long enough for two attempts of each signal on a busy machine.
const BUDGET: Duration = Duration::from_secs(1);

fn with_budget(sink: &OtlpSink) -> Telemetry {
    let short = |settings: &mut Settings| settings.otlp.all.timeout = Some(BUDGET);
    towards(sink.endpoint()).settings(short).build().expect("the settings are good")
}

/// Each client of the library words its errors by itself: a code that is not recognized shows here.
#[test]
fn each_code_is_retried_or_final_as_otlp_says_and_told_with_its_message() {
    let retried =
        [Code::Cancelled, Code::DeadlineExceeded, Code::Aborted, Code::OutOfRange, Code::Unavailable, Code::DataLoss];
    for code in (1..=16).map(Code::from_i32) {
        let sink = OtlpSink::start();
        // A code that is final is told at once, whatever the budget.
        let telemetry = if retried.contains(&code) { with_budget(&sink) } else { start(&sink) };
        sink.fail_with(code);
        work(&telemetry, 2);
        let report = telemetry.flush_within(SOON);
        assert!(!report.timed_out(), "{code:?}: {report}");
        assert_eq!((report.traces.lost, report.logs.lost), (2, 2), "{code:?}: {report}");
        for (signal, report) in report.signals() {
            assert_eq!(report.error, Some(format!("{code:?}: refused on command")), "{signal:?}");
        }
        let calls = sink.counts().refused;
        if retried.contains(&code) {
            assert!(calls >= 6, "{code:?} is worth another attempt for each signal: {calls}");
        } else {
            assert_eq!(calls, 3, "{code:?} is final: one attempt for each signal");
        }
    }
}

#[test]
fn a_collector_that_asks_for_a_wait_gets_it() {
    let sink = OtlpSink::start();
    let telemetry = start(&sink);
    sink.throttle(Duration::from_secs(5));
    work(&telemetry, 1);
    sink.wait_for(SOON, "the first attempts", |sink| {
        telemetry.flush_within(Duration::from_millis(1)).timed_out() && sink.counts().refused >= 3
    });
    let report = telemetry.flush_within(Duration::from_millis(500));
    assert!(report.timed_out() && report.lost() == 0, "it is not final: {report}");
    assert_eq!(sink.counts().refused, 3, "unasked, there would have been several attempts by now");
    sink.heal();
    let report = telemetry.flush_within(SOON);
    assert!(report.is_complete(), "{report}");
    assert_eq!((sink.spans().len(), sink.logs().len()), (1, 1));
}

#[test]
fn what_is_rejected_of_a_request_is_lost_and_counted() {
    let sink = OtlpSink::start();
    let telemetry = start(&sink);
    sink.reject_items(1, "one is enough");
    work(&telemetry, 5);
    let report = telemetry.flush_within(SOON);
    assert!(!report.timed_out() && !report.is_complete(), "{report}");
    assert_eq!((report.traces.lost, report.logs.lost, report.metrics.lost), (1, 1, 1), "{report}");
    assert_eq!((report.traces.flushed, report.logs.flushed), (4, 4), "{report}");
    assert_eq!(sink.counts().accepted(), 3, "what is rejected is not sent again");

    sink.reject_items(0, "only a warning");
    work(&telemetry, 1);
    assert!(telemetry.flush_within(SOON).is_complete(), "a warning rejects nothing");
    sink.heal();
    assert!(telemetry.shutdown_within(SOON).is_complete(), "nor is it remembered");
    for signal in ["metrics", "traces", "logs"] {
        let labels = [("signal", signal), ("reason", "rejected")];
        assert_eq!(sink.metrics().value("telemetry_dropped_total", &labels), Some(1.0), "{signal}");
    }
}

#[test]
fn requests_say_who_sends_them_and_compress_only_when_asked() {
    for (compression, encoding) in [(Compression::Gzip, Some("gzip")), (Compression::None, None)] {
        let sink = OtlpSink::start();
        let plain = |settings: &mut Settings| settings.otlp.all.compression = Some(compression);
        let telemetry = towards(sink.endpoint()).settings(plain).header("x-team", "core").build();
        let telemetry = telemetry.expect("the settings are good");
        work(&telemetry, 1);
        assert!(telemetry.shutdown_within(SOON).is_complete());
        for request in sink.requests() {
            assert_eq!(request.headers.get("grpc-encoding").map(String::as_str), encoding, "{:?}", request.signal);
            assert!(request.headers["user-agent"].starts_with("telemetry-core/"), "{:?}", request.headers);
            assert_eq!(request.headers["x-team"], "core");
        }
        assert_eq!(sink.counts().accepted(), 3);
    }
}
