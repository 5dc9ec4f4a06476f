//! Ten thousand series: the same histogram by every library that is compared on them.

use std::any::Any;
use std::sync::Arc;

use ::prometheus_client::metrics::histogram::Histogram as ClientHistogram;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{BoundHistogram, Histogram as OtelHistogram, MeterProvider};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{Instrument, SdkMeterProvider, Stream};
use telemetry_core::{Family, Histogram, Histograms, Label, LabelSet, Meter, MeterSettings, Metrics};

use crate::candidates::{prometheus, prometheus_client};
use crate::pipeline;
use crate::workload::{Outcome, SECONDS};

/// How many there are.
pub(crate) const SERIES: usize = TOOLS * Outcome::VALUES.len();

/// How many tools they are of, each with every outcome.
pub(crate) const TOOLS: usize = 2_500;

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(scope = "telemetry.bench", entity(tool_id))]
pub(crate) struct ToolMetrics {
    /// Latency of tool executions
    #[metric(
        name = "tool_execute_seconds",
        unit = "s",
        buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0]
    )]
    pub(crate) execute: Histogram<Outcome>,
}

/// The ids of the tools.
pub(crate) fn ids() -> Vec<String> {
    (0..TOOLS).map(|tool| format!("tool-{tool:04}")).collect()
}

/// Ours, each series recorded once, with all bundles held.
pub(crate) struct Ours {
    pub(crate) tools: Vec<Arc<ToolMetrics>>,
    pub(crate) family: Family<ToolMetrics>,
    pub(crate) provider: SdkMeterProvider,
}

pub(crate) fn ours<E: PushMetricExporter>(exporter: impl FnOnce(Histograms) -> E, ids: &[String]) -> Ours {
    let settings = MeterSettings { max_label_values: TOOLS, ..MeterSettings::default() };
    let histograms = Histograms::default();
    let provider = pipeline::provider(settings.view(), exporter(histograms.clone()));
    let meter = Meter::with_histograms(provider.clone(), settings, &histograms).expect("the settings are in range");
    let family = Family::<ToolMetrics>::new(&meter);
    let tools: Vec<Arc<ToolMetrics>> = ids.iter().map(|id| Arc::clone(family.get(id))).collect();
    for tool in &tools {
        Outcome::for_each(&mut |outcome| tool.execute.at(outcome).record(0.1));
    }
    Ours { tools, family, provider }
}

/// Opentelemetry's, each series recorded once, with all handles bound and held.
pub(crate) struct Otel {
    pub(crate) bound: Vec<BoundHistogram<f64>>,
    pub(crate) histogram: OtelHistogram<f64>,
    pub(crate) provider: SdkMeterProvider,
}

pub(crate) fn otel<E: PushMetricExporter>(exporter: impl FnOnce(Histograms) -> E, ids: &[String]) -> Otel {
    let view = |_: &Instrument| Stream::builder().with_cardinality_limit(SERIES + 1).build().ok();
    let provider = pipeline::provider(view, exporter(Histograms::default()));
    let meter = provider.meter("bench");
    let histogram = meter.f64_histogram("tool_execute_seconds").with_boundaries(SECONDS.to_vec()).build();
    let series = ids.iter().flat_map(|id| Outcome::VALUES.iter().map(move |outcome| (id, *outcome)));
    let bound = series
        .map(|(id, outcome)| {
            let bound = histogram.bind(&[KeyValue::new("outcome", outcome), KeyValue::new("tool_id", id.clone())]);
            bound.record(0.1);
            bound
        })
        .collect();
    Otel { bound, histogram, provider }
}

/// Bytes of heap a series takes, handles included, by library.
pub(crate) fn heap() -> Vec<(&'static str, f64)> {
    let ids = ids();
    vec![
        (crate::candidates::OURS, bytes(|| ours(pipeline::discarding, &ids))),
        ("opentelemetry, bound", bytes(|| otel(pipeline::discarding, &ids))),
        (HEAP_PEER, bytes(|| in_prometheus(&ids))),
        ("prometheus-client", bytes(|| in_prometheus_client(&ids))),
    ]
}

/// The library whose heap is the limit of ours.
pub(crate) const HEAP_PEER: &str = "prometheus";

fn in_prometheus(ids: &[String]) -> impl Any {
    let family = prometheus::histogram("tool_execute_seconds", &SECONDS, &["tool_id", "outcome"]);
    let series = ids.iter().flat_map(|id| Outcome::VALUES.iter().map(move |outcome| (id.as_str(), *outcome)));
    let held: Vec<_> = series.map(|(id, outcome)| family.with_label_values(&[id, outcome])).collect();
    held.iter().for_each(|histogram| histogram.observe(0.1));
    (family, held)
}

fn in_prometheus_client(ids: &[String]) -> impl Any {
    let family: prometheus_client::Histograms<prometheus_client::RunLabels> =
        prometheus_client::Histograms::new_with_constructor(|| ClientHistogram::new(SECONDS));
    let mut held = Vec::with_capacity(SERIES);
    for id in ids {
        Outcome::for_each(&mut |outcome| {
            let outcome = prometheus_client::OutcomeValue(outcome);
            let labels = prometheus_client::RunLabels { tool_id: id.clone(), outcome };
            let histogram = family.get_or_create_owned(&labels);
            histogram.observe(0.1);
            held.push(histogram);
        });
    }
    (family, held)
}

/// Bytes a series takes of what `build` leaves behind.
fn bytes<T>(build: impl FnOnce() -> T) -> f64 {
    let mut built = None;
    let counted = allocation_counter::measure(|| built = Some(build()));
    drop(built);
    counted.bytes_current as f64 / SERIES as f64
}
