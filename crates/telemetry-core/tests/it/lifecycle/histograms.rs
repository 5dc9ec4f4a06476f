//! The histograms that the meter keeps reach the collector in the requests of the SDK's metrics.

use opentelemetry_sdk::metrics::Temporality;
use telemetry_core::settings::Compression;
use telemetry_core::{Histogram, Metrics, Single, Telemetry};
use telemetry_testkit::{HistogramValue, OtlpSink};

use super::fixture::{SOON, towards};

/// What the tests measure: nothing that the SDK knows of.
#[derive(Metrics)]
#[metrics(scope = "test", entity())]
struct Polls {
    /// Polls until a workflow ended
    #[metric(name = "workflow_polls", unit = "{poll}", buckets = [1.0, 10.0])]
    polls: Histogram,
}

fn telemetry(sink: &OtlpSink, temporality: Temporality, compression: Compression) -> Telemetry {
    let builder = towards(sink.endpoint()).settings(|settings| {
        settings.metrics.temporality = Some(temporality);
        settings.otlp.all.compression = Some(compression);
    });
    builder.build().expect("the settings are good")
}

fn exported(sink: &OtlpSink) -> Vec<HistogramValue> {
    let metrics = sink.metrics();
    let points = metrics.iter().filter(|point| point.name == "workflow_polls");
    points.filter_map(|point| point.histogram().cloned()).collect()
}

#[test]
fn they_are_cumulated_or_in_intervals_as_the_setting_says() {
    let cases = [
        (Temporality::Cumulative, Compression::Gzip),
        (Temporality::Delta, Compression::None),
        (Temporality::LowMemory, Compression::Gzip),
    ];
    for (temporality, compression) in cases {
        let sink = OtlpSink::start();
        let telemetry = telemetry(&sink, temporality, compression);
        let polls = Single::<Polls>::new(telemetry.meter());
        for values in [&[0.5, 4.0][..], &[], &[99.0]] {
            values.iter().for_each(|&value| polls.polls.record(value));
            assert!(telemetry.flush_within(SOON).is_complete());
        }
        let exported: Vec<_> = exported(&sink).iter().map(|h| (h.bucket_counts.clone(), h.sum)).collect();
        let both = vec![1, 1, 0];
        if temporality == Temporality::Cumulative {
            assert_eq!(exported, [(both.clone(), 4.5), (both, 4.5), (vec![1, 1, 1], 103.5)]);
        } else {
            assert_eq!(exported, [(both, 4.5), (vec![0, 0, 1], 99.0)], "{temporality:?}");
        }
        let metrics = sink.metrics();
        let point = metrics.one("workflow_polls", &[]);
        let written = (point.scope.as_str(), point.unit.as_str(), point.description.as_str());
        assert_eq!(written, ("test", "{poll}", "Polls until a workflow ended"));
        assert!(point.start_unix_nanos > 0 && point.start_unix_nanos <= point.time_unix_nanos);
        let cumulative = temporality == Temporality::Cumulative;
        assert_eq!(point.temporality == Some(Temporality::Cumulative), cumulative, "{:?}", point.temporality);
        assert!(telemetry.shutdown_within(SOON).is_complete());
    }
}

#[test]
fn the_last_values_are_in_the_export_of_the_shutdown() {
    let sink = OtlpSink::start();
    let telemetry = telemetry(&sink, Temporality::Cumulative, Compression::None);
    Single::<Polls>::new(telemetry.meter()).polls.record(3.0);
    assert!(telemetry.shutdown_within(SOON).is_complete());
    sink.metrics().assert_histogram_count("workflow_polls", &[], 1);
}
