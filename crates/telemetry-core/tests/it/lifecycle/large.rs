//! What is more than a request may hold arrives in several.

use telemetry_core::settings::Settings;
use telemetry_core::{Counter, Family, MeterSettings, Metrics, Signal, Telemetry};
use telemetry_testkit::OtlpSink;

use super::fixture::{NEVER, SOON, listen, towards};

/// Of which there are many.
#[derive(Metrics)]
#[metrics(scope = "test", entity(thing))]
struct Things {
    /// Things seen
    #[metric(name = "things_seen_total")]
    seen: Counter,
}

const ITEMS: usize = 500;

/// Spans and log records of 10 kB each: 5 MB a batch, where a receiver takes 4 MiB.
fn large_items(telemetry: &Telemetry) {
    let _listening = listen(telemetry);
    let text = "a word and another ".repeat(530);
    for number in 0..ITEMS {
        tracing::info_span!("large", text).in_scope(|| tracing::info!(number, text, "large"));
    }
}

fn numbers(sink: &OtlpSink) -> usize {
    let logs = sink.logs();
    let mut numbers: Vec<_> = logs.iter().filter_map(|log| log.attribute("number")).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.len()
}

#[test]
fn a_batch_over_the_receivers_limit_arrives_whole() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).build().expect("the settings are good");
    large_items(&telemetry);
    let report = telemetry.shutdown_within(SOON);
    assert!(report.is_complete(), "{report}");
    assert_eq!((sink.spans().len(), numbers(&sink)), (ITEMS, ITEMS));
    assert_eq!(sink.counts().refused, 0, "cut before it is sent");
}

#[test]
fn a_request_that_is_refused_as_too_large_is_halved() {
    let sink = OtlpSink::start();
    let large = |telemetry: telemetry_core::TelemetryBuilder| {
        telemetry.settings(|settings| settings.otlp.max_request_size = Some(1_000_000_000))
    };
    let telemetry = large(towards(sink.endpoint())).build().expect("the settings are good");
    large_items(&telemetry);
    let report = telemetry.shutdown_within(SOON);
    assert!(report.is_complete(), "{report}");
    assert_eq!((sink.spans().len(), numbers(&sink)), (ITEMS, ITEMS));
}

#[test]
fn more_series_than_a_request_holds_arrive_whole() {
    const SERIES: usize = 24_000;
    for max_request_size in [3_500_000, 1_000_000_000] {
        let sink = OtlpSink::start();
        let telemetry = towards(sink.endpoint())
            .metric_interval(NEVER)
            .disable_signal(Signal::Traces)
            .disable_signal(Signal::Logs)
            .domain(|meter: &mut MeterSettings| (meter.max_label_values, meter.max_series) = (SERIES, 2 * SERIES))
            .settings(move |settings| {
                settings.otlp.max_request_size = Some(max_request_size);
                settings.otlp.call_timeout = Some(SOON);
            })
            .build()
            .expect("the settings are good");
        let things = Family::<Things>::new(telemetry.meter());
        for number in 0..SERIES {
            things
                .get(&format!("a thing whose name is rather long, as those of routes, of tools and of servers are, and of much else that names itself, so that it takes more than a collector takes by the time that there are many: {number:06}"))
                .seen
                .add(1);
        }
        let report = telemetry.shutdown_within(SOON);
        assert!(report.is_complete(), "{report}");
        assert_eq!(sink.metrics().total("things_seen_total", &[]), SERIES as f64);
        let series: usize = sink.raw_metrics().len();
        assert!(series > 1, "in several requests");
    }
}

#[test]
fn one_item_that_is_too_large_costs_no_other() {
    let sink = OtlpSink::start();
    let unlimited = |settings: &mut Settings| {
        settings.limits.attribute_length = Some(usize::MAX);
        settings.limits.item_size = Some(100_000_000);
    };
    let telemetry = towards(sink.endpoint()).settings(unlimited).build().expect("the settings are good");
    {
        let _listening = listen(&telemetry);
        let huge = "x".repeat(5_000_000);
        for text in ["small", huge.as_str(), "small"] {
            tracing::info_span!("span", text).in_scope(|| {});
        }
    }
    let report = telemetry.shutdown_within(SOON);
    assert_eq!((report.traces.lost, sink.spans().len()), (1, 2), "{report}");
}

/// What the resource takes of each request is the same however it is cut.
fn towards_with_large_resource(sink: &OtlpSink) -> telemetry_core::TelemetryBuilder {
    towards(sink.endpoint())
        .metric_interval(NEVER)
        .disable_signal(Signal::Traces)
        .disable_signal(Signal::Logs)
        .attribute("deployment.notes", "a long note ".repeat(400))
}

#[test]
fn a_large_resource_leaves_room_for_a_part_of_the_series_at_a_time() {
    const SERIES: usize = 100;
    let sink = OtlpSink::builder().max_message_bytes(8_192).start().expect("a port is free");
    let telemetry = towards_with_large_resource(&sink).build().expect("the settings are good");
    let things = Family::<Things>::new(telemetry.meter());
    for number in 0..SERIES {
        things.get(&format!("thing {number}")).seen.add(1);
    }
    let report = telemetry.shutdown_within(SOON);
    assert!(report.is_complete(), "{report}");
    assert_eq!(sink.metrics().total("things_seen_total", &[]), SERIES as f64);
}

#[test]
fn a_resource_that_is_too_large_alone_ends_the_export_and_says_so() {
    let sink = OtlpSink::builder().max_message_bytes(2_048).start().expect("a port is free");
    let telemetry = towards_with_large_resource(&sink).build().expect("the settings are good");
    let things = Family::<Things>::new(telemetry.meter());
    for number in 0..20 {
        things.get(&format!("thing {number}")).seen.add(1);
    }
    let report = telemetry.shutdown_within(SOON);
    assert!(report.metrics.lost >= 20, "{report}");
    let reason = report.metrics.error.as_ref().map(ToString::to_string).unwrap_or_default();
    assert!(reason.contains("2048"), "it says what the collector takes: {report}");
}

#[test]
fn a_span_or_a_record_that_is_large_is_cut_and_leaves_room_for_others() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).build().expect("the settings are good");
    {
        let _listening = listen(&telemetry);
        let long = "é".repeat(60_000);
        for _ in 0..150 {
            tracing::info_span!("other").in_scope(|| {});
        }
        for _ in 0..20 {
            // More events with long texts than a span may have together.
            tracing::info_span!("long", path = long.as_str()).in_scope(|| {
                for event in 0..100 {
                    tracing::info!(target: telemetry_core::trace::SPANS_ONLY, event, text = long.as_str(), "within");
                }
                tracing::warn!(text = long.as_str(), "{long}");
            });
        }
    }
    let report = telemetry.shutdown_within(SOON);
    let spans = sink.spans();
    assert_eq!(spans.iter().filter(|span| span.name == "other").count(), 150, "{report}");
    assert!(spans.iter().any(|span| span.name == "long"), "{report}");
    for request in sink.raw_spans() {
        for span in request.resource_spans.iter().flat_map(|spans| &spans.scope_spans).flat_map(|spans| &spans.spans) {
            let size = prost::Message::encoded_len(span);
            assert!(size <= 262_144, "{} has {size} bytes", span.name);
            if span.name == "long" {
                assert!(span.dropped_events_count > 0 && !span.events.is_empty(), "the last events leave first");
            }
        }
    }
    for log in sink.logs().iter() {
        assert!(log.body.len() <= 262_144, "{} bytes", log.body.len());
        let text = log.attributes.get("text").map(|text| text.chars().count());
        assert!(text.is_some_and(|length| length <= 4096), "{text:?}");
    }
    assert!(!sink.logs().is_empty());
}
