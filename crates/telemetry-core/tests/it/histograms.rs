//! The histograms that a meter keeps itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use telemetry_core::{Family, Histogram, HistogramPoint, Label, MeterSettings, Metrics};

use crate::memory::Memory;

#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
enum Outcome {
    Success,
    Error,
}

const BOUNDS: [f64; 4] = [0.5, 1.0, 2.5, 10.0];

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(scope = "test", entity(tool_id))]
struct ToolMetrics {
    /// Latency of tool executions
    #[metric(name = "tool_seconds", unit = "s", buckets = [0.5, 1.0, 2.5, 10.0])]
    seconds: Histogram<Outcome>,
    /// Size of tool outputs
    #[metric(name = "tool_output_bytes", unit = "By", buckets = [100.0])]
    output: Histogram,
}

fn points(memory: &Memory, name: &str) -> Vec<HistogramPoint> {
    memory.histograms.collect().into_iter().filter(|data| data.name == name).flat_map(|data| data.points).collect()
}

#[test]
fn they_hold_what_the_provider_would() {
    let settings = || MeterSettings { max_label_values: 2, max_series: 5, ..MeterSettings::default() };
    let (own, provider) = (Memory::new(settings()), Memory::of_the_provider(settings()));
    for memory in [&own, &provider] {
        let tools = Family::<ToolMetrics>::new(&memory.meter);
        for (i, tool) in ["a", "b", "c", "a", "d"].into_iter().enumerate() {
            let tool = tools.get(tool);
            tool.seconds.at(if i % 2 == 0 { Outcome::Success } else { Outcome::Error }).record(i as f64);
            tool.output.record(100.0 * i as f64);
            tool.output.record(f64::NAN);
            tool.output.record(-1.0);
        }
    }
    assert!(provider.histograms.collect().is_empty());
    let series = own.series();
    assert!(series.keys().any(|key| key.contains("_other")), "{series:#?}");
    assert_eq!(series, provider.series());
}

#[test]
fn a_family_made_anew_goes_on_with_its_series() {
    let memory = Memory::new(MeterSettings::default());
    for _ in 0..3 {
        Family::<ToolMetrics>::new(&memory.meter).get("a").output.record(1.0);
    }
    let points = points(&memory, "tool_output_bytes");
    assert_eq!(points.iter().map(|point| &*point.bucket_counts).collect::<Vec<_>>(), [[3, 0]]);
}

#[test]
fn nothing_is_lost_between_threads() {
    const THREADS: usize = 4;
    const EACH: usize = 5_000;
    let memory = Memory::new(MeterSettings::default());
    let tools = Family::<ToolMetrics>::new(&memory.meter);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let tools = &tools;
            scope.spawn(move || {
                for i in 0..EACH {
                    let tool = tools.get(["a", "b"][(i + thread) % 2]);
                    tool.output.record((i % 3) as f64 * 100.0);
                }
            });
        }
        for _ in 0..100 {
            let counted: u64 = points(&memory, "tool_output_bytes").iter().map(HistogramPoint::count).sum();
            assert!(counted <= (THREADS * EACH) as u64);
        }
    });
    let points = points(&memory, "tool_output_bytes");
    assert_eq!(points.iter().map(HistogramPoint::count).sum::<u64>(), (THREADS * EACH) as u64);
    let expected: f64 = (0..EACH).map(|i| (i % 3) as f64 * 100.0).sum::<f64>() * THREADS as f64;
    assert!((points.iter().map(|point| point.sum).sum::<f64>() - expected).abs() < f64::EPSILON);
}

proptest! {
    /// A bound belongs to the bucket below it, as in Prometheus and OTLP.
    #[test]
    fn each_value_is_in_the_bucket_of_its_bound(values in prop::collection::vec(value(), 1..50)) {
        let memory = Memory::new(MeterSettings::default());
        let tools = Family::<ToolMetrics>::new(&memory.meter);
        let tool = Arc::clone(tools.get("a"));
        let mut expected = [0_u64; BOUNDS.len() + 1];
        for &value in &values {
            tool.seconds.at(Outcome::Success).record(value);
            expected[BOUNDS.iter().position(|&bound| value <= bound).unwrap_or(BOUNDS.len())] += 1;
        }
        let [point] = &points(&memory, "tool_seconds")[..] else { panic!("one series") };
        prop_assert_eq!(&point.bucket_counts[..], &expected[..]);
        let min = values.iter().copied().fold(f64::INFINITY, f64::min);
        let max = values.iter().copied().fold(0.0, f64::max);
        prop_assert_eq!(point.extremes, Some((min, max)));
        prop_assert_eq!(point.sum, values.iter().sum::<f64>());
        let labels: BTreeMap<_, _> = point.attributes.iter().map(|a| (a.key.as_str(), a.value.as_str())).collect();
        prop_assert_eq!(labels, BTreeMap::from([("outcome", "success".into()), ("tool_id", "a".into())]));
    }
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        prop::sample::select(BOUNDS.to_vec()),
        prop::sample::select(vec![0.0, -0.0, f64::MIN_POSITIVE, 5e-324, 1e300]),
        0.0..20.0,
    ]
}
