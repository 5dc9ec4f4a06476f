use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::metrics::v1::{ExportMetricsServiceRequest, ExportMetricsServiceResponse};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use tokio::runtime::Handle;

use super::deliver::{Delivery, Failure, Otlp};
use super::state::Loss;

impl Otlp for ExportMetricsServiceRequest {
    type Answer = ExportMetricsServiceResponse;
    const PATH: &'static str = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

    fn rejected(answer: Self::Answer) -> Option<(i64, String)> {
        answer.partial_success.map(|partial| (partial.rejected_data_points, partial.error_message))
    }
}

/// Exports what the SDK's reader collects. The reader's thread encodes and waits; the exporter's thread sends.
#[derive(Debug)]
pub(crate) struct MetricExporter {
    delivery: Arc<Delivery>,
    temporality: Temporality,
    runtime: Handle,
    in_flight: Arc<InFlight>,
}

/// Whether an export is under way. The SDK's reader waits five seconds for its last export, whatever it is told, so
/// that a longer shutdown has to see for itself.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    exporting: Mutex<bool>,
    changed: Condvar,
}

impl InFlight {
    fn set(&self, exporting: bool) {
        *self.exporting.lock().unwrap_or_else(PoisonError::into_inner) = exporting;
        self.changed.notify_all();
    }

    /// Waits until no export is under way, but not longer than that.
    pub(crate) fn wait(&self, until: Instant) {
        let exporting = self.exporting.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = until.saturating_duration_since(Instant::now());
        drop(self.changed.wait_timeout_while(exporting, limit, |exporting| *exporting));
    }
}

impl MetricExporter {
    pub(crate) fn new(delivery: Delivery, temporality: Temporality, runtime: Handle) -> Self {
        Self { delivery: Arc::new(delivery), temporality, runtime, in_flight: Arc::default() }
    }

    pub(crate) fn in_flight(&self) -> Arc<InFlight> {
        Arc::clone(&self.in_flight)
    }

    /// A failed export of cumulative metrics loses nothing while another one follows.
    fn loses(&self, failure: Failure) -> Option<Loss> {
        let last = self.delivery.state.deadline().is_some();
        match failure {
            Failure::Superseded => None,
            Failure::Deadline => Some(Loss::Shutdown),
            Failure::GivenUp if last => Some(Loss::ExportFailed),
            Failure::GivenUp => (self.temporality != Temporality::Cumulative).then_some(Loss::ExportFailed),
        }
    }
}

impl PushMetricExporter for MetricExporter {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let request = ExportMetricsServiceRequest::from(metrics);
        let points = points(&request);
        let delivery = Arc::clone(&self.delivery);
        self.in_flight.set(true);
        let sent = self.runtime.spawn(async move { delivery.send(request, points).await });
        // The task is only ever cancelled when the exporter's thread ends.
        let sent = sent.await.unwrap_or(Err(Failure::Deadline));
        if let Err(failure) = sent
            && let Some(loss) = self.loses(failure)
        {
            self.delivery.state.lost(loss, points);
        }
        self.in_flight.set(false);
        if sent.is_ok() {
            return Ok(());
        }
        Err(OTelSdkError::InternalFailure(self.delivery.state.failure().unwrap_or_else(|| "superseded".to_owned())))
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.delivery.state.close(Instant::now() + timeout);
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        self.temporality
    }
}

/// How many data points a request carries.
fn points(request: &ExportMetricsServiceRequest) -> u64 {
    let metrics = request.resource_metrics.iter().flat_map(|r| &r.scope_metrics).flat_map(|s| &s.metrics);
    let points: usize = metrics
        .filter_map(|metric| metric.data.as_ref())
        .map(|data| match data {
            Data::Gauge(gauge) => gauge.data_points.len(),
            Data::Sum(sum) => sum.data_points.len(),
            Data::Histogram(histogram) => histogram.data_points.len(),
            Data::ExponentialHistogram(histogram) => histogram.data_points.len(),
            Data::Summary(summary) => summary.data_points.len(),
        })
        .sum();
    points as u64
}
