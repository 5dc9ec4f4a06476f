//! What is more than a request may hold arrives in several.

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
    let telemetry = towards(sink.endpoint()).build().expect("the settings are good");
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
