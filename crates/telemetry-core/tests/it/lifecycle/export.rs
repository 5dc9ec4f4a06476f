//! What arrives, and how it is labelled.

use opentelemetry::trace::{Span as _, Tracer as _, TracerProvider as _};
use opentelemetry::{KeyValue, StringValue, Value};
use telemetry_core::Signal;
use telemetry_testkit::{OtlpSignal, OtlpSink};

use super::fixture::{SOON, done, listen, start, towards, work};

#[test]
fn all_three_signals_arrive_and_the_report_says_so() {
    let sink = OtlpSink::start();
    let telemetry = start(&sink);
    work(&telemetry, 1);
    let report = telemetry.shutdown_within(SOON);

    assert!(report.is_complete(), "{report}");
    assert_eq!((report.traces.flushed, report.logs.flushed), (1, 1), "{report}");
    assert!(report.metrics.flushed >= 1, "{report}");
    sink.metrics().assert_counter("work_done_total", &[("outcome", "success")], 1.0);
    let spans = sink.spans();
    let span = spans.one("work");
    let logs = sink.logs();
    let log = logs.one("worked");
    assert_eq!(log.span_id.as_deref(), Some(span.span_id.as_str()), "the record belongs to its span");
    assert_eq!(log.trace_id.as_deref(), Some(span.trace_id.as_str()));
    assert_eq!(telemetry.shutdown_within(SOON), report, "a second shutdown says the same");
}

#[test]
fn a_flush_delivers_what_was_recorded_so_far_and_goes_on() {
    let sink = OtlpSink::start();
    let telemetry = start(&sink);
    for round in 1..=3 {
        work(&telemetry, 5);
        let report = telemetry.flush_within(SOON);
        assert!(report.is_complete(), "{report}");
        assert_eq!((sink.spans().len(), sink.logs().len()), (5 * round, 5 * round));
        assert_eq!(done(&sink), 5.0 * round as f64);
    }
}

#[test]
fn the_resource_says_who_where_and_which_replica() {
    let sink = OtlpSink::start();
    for builder in [
        towards(sink.endpoint()),
        towards(sink.endpoint()).version("1.2.3").environment("staging").service_namespace("shops").attribute("a", "b"),
    ] {
        let telemetry = builder.build().expect("the settings are good");
        work(&telemetry, 1);
        assert!(telemetry.shutdown_within(SOON).is_complete());
    }
    let spans = sink.spans();
    let [plain, described] = [&spans[0].resource, &spans[1].resource];
    assert_eq!(plain["service.name"], "lifecycle-test");
    assert_eq!(plain["service.version"], "unknown");
    assert_eq!(plain["process.pid"], std::process::id().to_string());
    for key in ["host.name", "deployment.environment.name", "process.executable.name", "telemetry.sdk.name"] {
        assert!(!plain[key].is_empty(), "{key} in {plain:?}");
    }
    assert_ne!(plain["service.instance.id"], described["service.instance.id"], "two replicas are told apart");
    assert_eq!(plain["service.instance.id"].len(), 36, "a UUID: {plain:?}");
    for (key, value) in [
        ("service.version", "1.2.3"),
        ("deployment.environment.name", "staging"),
        ("service.namespace", "shops"),
        ("a", "b"),
    ] {
        assert_eq!(described[key], value);
    }
    let metrics = sink.metrics();
    let point = metrics.series()[0];
    assert!(point.resource.contains_key("service.instance.id"), "metrics too: {point:?}");
}

#[test]
fn headers_go_with_every_request_and_with_no_debug_output() {
    let sink = OtlpSink::start();
    let builder = towards(sink.endpoint()).header("x-api-key", "hush-hush");
    assert!(!format!("{builder:?}").contains("hush"));
    let telemetry = builder.build().expect("the settings are good");
    work(&telemetry, 1);
    assert!(!format!("{telemetry:?}").contains("hush"));
    assert!(telemetry.shutdown_within(SOON).is_complete());
    for signal in [OtlpSignal::Metrics, OtlpSignal::Traces, OtlpSignal::Logs] {
        let requests = sink.requests();
        let request = requests.iter().find(|request| request.signal == signal).expect("one of each signal");
        assert_eq!(request.headers["x-api-key"], "hush-hush");
        assert_eq!(request.headers["grpc-encoding"], "gzip");
    }
}

#[test]
fn a_signal_that_is_off_sends_nothing() {
    for off in [Signal::Metrics, Signal::Traces, Signal::Logs] {
        let sink = OtlpSink::start();
        let telemetry = towards(sink.endpoint()).disable_signal(off).build().expect("the settings are good");
        work(&telemetry, 1);
        let report = telemetry.shutdown_within(SOON);
        assert!(report.is_complete(), "{report}");
        for (signal, report) in report.signals() {
            assert_eq!(report.enabled, signal != off, "{signal:?}");
        }
        let counts = sink.counts();
        assert_eq!(counts.metrics == 0, off == Signal::Metrics, "{counts:?}");
        assert_eq!(counts.traces == 0, off == Signal::Traces, "{counts:?}");
        assert_eq!(counts.logs == 0, off == Signal::Logs, "{counts:?}");
    }
}

#[test]
fn the_export_path_and_what_holds_content_is_not_exported_but_namesakes_are() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).log_level("trace").build().expect("the settings are good");
    let listening = listen(&telemetry);
    macro_rules! say {
        ($($target:literal),*) => {
            $(
                tracing::error!(target: $target, concat!("event of ", $target, "."));
                drop(tracing::error_span!(target: $target, concat!("span of ", $target)));
            )*
        };
    }
    say!("hyper::proto", "hyper_util::client", "tonic::transport", "h2", "tower::buffer", "reqwest::connect");
    say!("opentelemetry_sdk", "telemetry.export");
    say!("rmcp::service", "tungstenite::protocol");
    say!("tower_http::trace", "h2o", "shop::hyper");
    drop(listening);
    assert!(telemetry.shutdown_within(SOON).is_complete());
    let mut events: Vec<_> = sink.logs().iter().map(|log| log.body.clone()).collect();
    events.sort();
    assert_eq!(events, ["event of h2o.", "event of shop::hyper.", "event of tower_http::trace."]);
    let mut spans: Vec<_> = sink.spans().iter().map(|span| span.name.clone()).collect();
    spans.sort();
    assert_eq!(spans, ["span of h2o", "span of shop::hyper", "span of tower_http::trace"]);
}

#[test]
fn limits_that_the_sdk_does_not_know_are_kept() {
    let sink = OtlpSink::start();
    let limit = |settings: &mut telemetry_core::settings::Settings| {
        settings.limits.attribute_length = Some(4);
        settings.limits.log_attributes = Some(2);
    };
    let telemetry = towards(sink.endpoint()).settings(limit).build().expect("the settings are good");
    let listening = listen(&telemetry);
    tracing::info_span!("limited", text = "äöüßxyz").in_scope(|| tracing::info!(a = 1, b = "long text", c = 3, "many"));
    drop(listening);
    assert!(telemetry.shutdown_within(SOON).is_complete());
    sink.spans().one("limited").assert_attribute("text", "äöüß");
    let logs = sink.logs();
    let log = logs.one("many");
    log.assert_attribute("b", "long");
    assert_eq!(log.attributes.len(), 2, "{log:?}");
}

#[test]
fn what_has_to_be_shortened_keeps_the_rest() {
    let sink = OtlpSink::start();
    let limit = |settings: &mut telemetry_core::settings::Settings| settings.limits.attribute_length = Some(3);
    let telemetry = towards(sink.endpoint()).settings(limit).build().expect("the settings are good");
    let listening = listen(&telemetry);
    tracing::info_span!("around")
        .in_scope(|| tracing::warn!(target: "shop", kind = "short", id = 12_345, "a long body"));
    drop(listening);
    let tracer = telemetry.tracer_provider().expect("traces are on").tracer("test");
    let mut span = tracer.start("arrays");
    let words = || Value::Array(vec![StringValue::from("first"), "two".into()].into());
    span.set_attribute(KeyValue::new("words", words()));
    span.add_event("event", vec![KeyValue::new("text", "abcdef"), KeyValue::new("words", words())]);
    drop(span);
    assert!(telemetry.shutdown_within(SOON).is_complete());

    let (spans, logs) = (sink.spans(), sink.logs());
    let log = logs.one("a long body");
    assert_eq!((log.severity.as_str(), log.scope.as_str()), ("WARN", "shop"));
    assert_eq!(log.span_id.as_ref(), Some(&spans.one("around").span_id));
    log.assert_attribute("kind", "sho");
    log.assert_attribute("id", "12345");
    assert!(log.time_unix_nanos > 0, "{log:?}");
    let span = spans.one("arrays");
    for attributes in [&span.attributes, &span.events_named("event")[0].attributes] {
        assert!(attributes["words"].contains("fir") && !attributes["words"].contains("firs"), "{attributes:?}");
    }
    assert_eq!(span.events_named("event")[0].attributes["text"], "abc");
}

#[test]
fn a_sampler_that_keeps_nothing_keeps_no_span() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).sample_ratio(0.0).build().expect("the settings are good");
    work(&telemetry, 10);
    let report = telemetry.shutdown_within(SOON);
    assert_eq!((report.traces.flushed, report.logs.flushed), (0, 10), "{report}");
    assert!(sink.spans().is_empty());
}
