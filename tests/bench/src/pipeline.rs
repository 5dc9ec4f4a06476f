//! The SDK's pipeline with exporters that send nothing.

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

/// Drops what it is given, and the histograms that a meter of ours keeps.
pub(crate) struct Discarding(pub(crate) Histograms);

/// Makes of it the message that OTLP sends.
pub(crate) struct Encoding(pub(crate) Histograms);

impl PushMetricExporter for Discarding {
    async fn export(&self, _: &ResourceMetrics) -> OTelSdkResult {
        std::hint::black_box(self.0.collect());
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

impl PushMetricExporter for Encoding {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let mut request = ExportMetricsServiceRequest::from(metrics);
        self.0.append_to(&mut request);
        std::hint::black_box(request.encode_to_vec());
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
