//! The SDK's pipeline with exporters that send nothing.

use std::hint::black_box;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{Instrument, PeriodicReader, SdkMeterProvider, Stream, Temporality};
use prost::Message;
use telemetry_core::Histograms;

/// Longer than any run: it collects when it is flushed.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

/// A provider with one reader.
pub(crate) fn provider(
    view: impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static,
    exporter: impl PushMetricExporter,
) -> SdkMeterProvider {
    let reader = PeriodicReader::builder(exporter).with_interval(NEVER).build();
    SdkMeterProvider::builder().with_reader(reader).with_view(view).build()
}

/// Collects the histograms that a meter of ours keeps, and drops them and what it is given.
pub(crate) fn discarding(histograms: Histograms) -> impl PushMetricExporter {
    Exporter(move |_: &ResourceMetrics| drop(black_box(histograms.collect())))
}

/// Makes of all that the message that OTLP sends.
pub(crate) fn encoding(histograms: Histograms) -> impl PushMetricExporter {
    Exporter(move |metrics: &ResourceMetrics| {
        let mut request = ExportMetricsServiceRequest::from(metrics);
        histograms.append_to(&mut request);
        black_box(request.encode_to_vec());
    })
}

/// Exports by calling a function.
struct Exporter<F>(F);

impl<F: Fn(&ResourceMetrics) + Send + Sync + 'static> PushMetricExporter for Exporter<F> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        (self.0)(metrics);
        Ok(())
    }
    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }
    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}
