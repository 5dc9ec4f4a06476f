use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry_otlp::MetricExporter as Exporter;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ResourceMetrics};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tonic::Status;
use tonic::transport::Channel;

use super::client::not_built;
use super::deliver::{Delivery, Failure};
use super::listen::{Answer, Listener};
use super::state::Loss;

/// Exports what the SDK's reader collects. What it collects never leaves the reader's thread, so that the library's
/// exporter runs there; when it runs and for how long is decided on the exporter's thread, which has the timers.
#[derive(Debug)]
pub(crate) struct MetricExporter {
    delivery: Arc<Delivery>,
    listener: Listener,
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
        Self {
            delivery: Arc::new(delivery),
            listener: Listener::new(),
            temporality,
            runtime,
            in_flight: Arc::default(),
        }
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

/// One attempt, asked for by the exporter's thread.
struct Attempt {
    channel: Channel,
    answer: oneshot::Sender<Answer>,
}

/// Has the reader's thread make an attempt.
async fn ask(attempts: &mpsc::Sender<Attempt>, channel: Channel) -> Answer {
    let (answer, answered) = oneshot::channel();
    let gone = || Status::aborted("the metrics are no longer there");
    attempts.send(Attempt { channel, answer }).await.map_err(|_| gone())?;
    answered.await.unwrap_or_else(|_| Err(gone()))
}

impl MetricExporter {
    /// Makes an attempt, unless whoever asked for it has given it up.
    async fn attempt(&self, mut attempt: Attempt, metrics: &ResourceMetrics) {
        let builder = self.delivery.client.over(attempt.channel, Exporter::builder().with_tonic());
        let export = async {
            let exporter = builder.with_temporality(self.temporality).build().map_err(not_built)?;
            exporter.export(metrics).await
        };
        let answer = tokio::select! {
            answer = self.listener.listen(export) => answer,
            () = attempt.answer.closed() => return,
        };
        let _given_up_meanwhile = attempt.answer.send(answer);
    }

    async fn deliver(&self, metrics: &ResourceMetrics, points: u64) -> Result<(), Failure> {
        let (asks, mut asked) = mpsc::channel(1);
        let delivery = Arc::clone(&self.delivery);
        let sent = self.runtime.spawn(async move { delivery.send(points, |channel| ask(&asks, channel)).await });
        while let Some(attempt) = asked.recv().await {
            self.attempt(attempt, metrics).await;
        }
        // The task is only ever cancelled when the exporter's thread ends.
        sent.await.unwrap_or(Err(Failure::Deadline))
    }
}

impl PushMetricExporter for MetricExporter {
    /// The SDK would log each error, and so each failed export of an outage. It is told of none: they are logged once,
    /// counted, and reported by whoever flushes.
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let points = points(metrics);
        self.in_flight.set(true);
        if let Err(failure) = self.deliver(metrics, points).await
            && let Some(loss) = self.loses(failure)
        {
            self.delivery.state.lost(loss, points);
        }
        self.in_flight.set(false);
        Ok(())
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

/// How many data points were collected.
fn points(metrics: &ResourceMetrics) -> u64 {
    let metrics = metrics.scope_metrics().flat_map(|scope| scope.metrics());
    let points: usize = metrics
        .map(|metric| match metric.data() {
            AggregatedMetrics::F64(data) => points_of(data),
            AggregatedMetrics::U64(data) => points_of(data),
            AggregatedMetrics::I64(data) => points_of(data),
        })
        .sum();
    points as u64
}

fn points_of<T>(data: &MetricData<T>) -> usize {
    match data {
        MetricData::Gauge(gauge) => gauge.data_points().count(),
        MetricData::Sum(sum) => sum.data_points().count(),
        MetricData::Histogram(histogram) => histogram.data_points().count(),
        MetricData::ExponentialHistogram(histogram) => histogram.data_points().count(),
    }
}
