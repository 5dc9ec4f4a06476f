//! What arrives, and how it is labelled.

use telemetry_testkit::OtlpSink;

use super::{SOON, listen, towards, work};

#[test]
fn all_three_signals_arrive_and_the_report_says_so() {
    let sink = OtlpSink::start();
    let telemetry = towards(&sink).build().expect("the settings are good");
    let subscriber = listen(&telemetry);
    work(&telemetry);
    let report = telemetry.shutdown_within(SOON);
    drop(subscriber);

    assert!(report.is_complete(), "{report}");
    assert_eq!((report.traces.flushed, report.logs.flushed), (1, 1), "{report}");
    sink.metrics().assert_counter("work_done_total", &[("outcome", "success")], 1.0);
    let spans = sink.spans();
    let span = spans.one("work");
    let logs = sink.logs();
    let log = logs.one("worked");
    assert_eq!(log.span_id.as_deref(), Some(span.span_id.as_str()), "the record belongs to its span");
    assert_eq!(log.trace_id.as_deref(), Some(span.trace_id.as_str()));
    assert_eq!(telemetry.shutdown_within(SOON), report, "a second shutdown says the same");
}
