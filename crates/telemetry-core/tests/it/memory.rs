//! A meter whose series can be read back.
#![expect(clippy::unwrap_used, reason = "a helper of tests, in which a failure is a panic")]

use std::collections::BTreeMap;

use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use telemetry_core::{Histograms, Meter, MeterSettings};

/// One series: its labels as `name{a="b"}` and its value; a histogram's are its count and its sum.
pub(crate) type Series = BTreeMap<String, f64>;

pub(crate) struct Memory {
    pub(crate) meter: Meter,
    provider: SdkMeterProvider,
    exporter: InMemoryMetricExporter,
    pub(crate) histograms: Histograms,
}

impl Memory {
    pub(crate) fn new(settings: MeterSettings) -> Self {
        let (provider, exporter) = provider(&settings);
        let histograms = Histograms::default();
        let meter = Meter::with_histograms(provider.clone(), settings, &histograms).unwrap();
        Self { meter, provider, exporter, histograms }
    }

    /// The meter of an application with its own set-up, whose provider has the histograms too.
    pub(crate) fn of_the_provider(settings: MeterSettings) -> Self {
        let (provider, exporter) = provider(&settings);
        let meter = Meter::with_provider(provider.clone(), settings).unwrap();
        Self { meter, provider, exporter, histograms: Histograms::default() }
    }

    /// All series now; what an earlier collection found is forgotten.
    pub(crate) fn series(&self) -> Series {
        self.exporter.reset();
        self.provider.force_flush().unwrap();
        let mut series = Series::new();
        for resource in self.exporter.get_finished_metrics().unwrap() {
            for metric in resource.scope_metrics().flat_map(|scope| scope.metrics()) {
                collect(metric.name(), metric.data(), &mut series);
            }
        }
        // It is in every collection, so that there is one.
        let heartbeat = r#"telemetry_export_failures_total{signal="metrics"}"#;
        if series.get(heartbeat) == Some(&0.0) {
            series.remove(heartbeat);
        }
        for data in self.histograms.collect() {
            for point in data.points {
                let attributes = &point.attributes;
                series.insert(key(&format!("{}_count", data.name), attributes.iter()), point.count() as f64);
                series.insert(key(&format!("{}_sum", data.name), attributes.iter()), point.sum);
            }
        }
        series
    }

    /// All series after the meter is gone.
    pub(crate) fn into_series(self) -> Series {
        let Self { meter, provider, exporter, histograms } = self;
        drop(meter);
        Self { meter: Meter::noop(), provider, exporter, histograms }.series()
    }

    /// The bucket bounds of a histogram.
    pub(crate) fn bounds(&self, name: &str) -> Vec<f64> {
        let data = self.histograms.collect().into_iter().find(|data| data.name == name);
        data.unwrap_or_else(|| panic!("no histogram {name}")).bounds.to_vec()
    }
}

fn provider(settings: &MeterSettings) -> (SdkMeterProvider, InMemoryMetricExporter) {
    let exporter = InMemoryMetricExporter::default();
    let reader = PeriodicReader::builder(exporter.clone()).build();
    (SdkMeterProvider::builder().with_reader(reader).with_view(settings.view()).build(), exporter)
}

fn collect(name: &str, data: &AggregatedMetrics, series: &mut Series) {
    macro_rules! points {
        ($data:expr) => {
            match $data {
                MetricData::Sum(sum) => {
                    for point in sum.data_points() {
                        series.insert(key(name, point.attributes()), point.value() as f64);
                    }
                }
                MetricData::Gauge(gauge) => {
                    for point in gauge.data_points() {
                        series.insert(key(name, point.attributes()), point.value() as f64);
                    }
                }
                MetricData::Histogram(histogram) => {
                    for point in histogram.data_points() {
                        series.insert(key(&format!("{name}_count"), point.attributes()), point.count() as f64);
                        series.insert(key(&format!("{name}_sum"), point.attributes()), point.sum() as f64);
                    }
                }
                other => panic!("unexpected data of {name}: {other:?}"),
            }
        };
    }
    match data {
        AggregatedMetrics::F64(data) => points!(data),
        AggregatedMetrics::U64(data) => points!(data),
        AggregatedMetrics::I64(data) => points!(data),
    }
}

fn key<'a>(name: &str, attributes: impl Iterator<Item = &'a opentelemetry::KeyValue>) -> String {
    let labels: Vec<_> = attributes.map(|a| format!("{}={:?}", a.key, a.value.as_str())).collect();
    format!("{name}{{{}}}", labels.join(","))
}
