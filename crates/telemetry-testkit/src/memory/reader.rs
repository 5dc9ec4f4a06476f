//! The reader that collects metrics when a test asks.

use std::sync::{Arc, Weak};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::NumberDataPoint;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{InstrumentKind, ManualReader, Pipeline, Temporality};
use telemetry_core::{Histograms, SelfMetrics};

/// Collects when a test asks.
#[derive(Debug, Default)]
pub(super) struct Reader {
    reader: ManualReader,
    pub(super) histograms: Histograms,
}

impl Reader {
    pub(super) fn collect(&self) -> ExportMetricsServiceRequest {
        let mut metrics = ResourceMetrics::default();
        self.reader.collect(&mut metrics).expect("the provider lives as long as the telemetry that reads it");
        let mut request = (&metrics).into();
        forget_heartbeat(&mut request);
        self.histograms.append_to(&mut request);
        request
    }
}

/// Leaves out the sum that a meter with histograms has in every collection, unless exports did fail: no test that says
/// which metrics there are means that one.
fn forget_heartbeat(request: &mut ExportMetricsServiceRequest) {
    let zero = |point: &NumberDataPoint| point.value == Some(Value::AsInt(0));
    for resource in &mut request.resource_metrics {
        for scope in &mut resource.scope_metrics {
            scope.metrics.retain(|metric| match &metric.data {
                Some(Data::Sum(sum)) => {
                    metric.name != SelfMetrics::CATALOGUE[0].name || !sum.data_points.iter().all(zero)
                }
                _ => true,
            });
        }
        resource.scope_metrics.retain(|scope| !scope.metrics.is_empty());
    }
}

/// The same reader for the provider, which wants to own it.
#[derive(Debug)]
pub(super) struct SharedReader(pub(super) Arc<Reader>);

impl MetricReader for SharedReader {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.reader.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.reader.collect(metrics)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.reader.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.reader.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.reader.temporality(kind)
    }
}
