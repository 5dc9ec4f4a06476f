use std::sync::{Arc, Weak};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{InstrumentKind, ManualReader, Pipeline, Temporality};

/// Collects when a test asks.
#[derive(Debug, Default)]
pub(super) struct Reader(ManualReader);

impl Reader {
    pub(super) fn collect(&self) -> ExportMetricsServiceRequest {
        let mut metrics = ResourceMetrics::default();
        self.0.collect(&mut metrics).expect("the provider lives as long as the telemetry that reads it");
        (&metrics).into()
    }
}

/// The same reader for the provider, which wants to own it.
#[derive(Debug)]
pub(super) struct Shared(pub(super) Arc<Reader>);

impl MetricReader for Shared {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.0.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.0.collect(metrics)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.0.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.0.temporality(kind)
    }
}
