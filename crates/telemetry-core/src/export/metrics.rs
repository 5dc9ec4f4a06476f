//! The export of metrics: what the reader collected and the meter's own histograms, in one request.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, SystemTime};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use tokio::runtime::Handle;

use super::capture::EventCapture;
use super::deliver::{Delivery, Failure};
use super::parts;
use super::state::{Loss, SignalState};
use crate::histograms::{Deltas, Histograms, append};
use crate::starts::Starts;

/// Prometheus tells times by the millisecond: a series has to begin in an earlier one than its first sample has.
const LEAST_LIFE: Duration = Duration::from_millis(1);

/// Exports what the SDK's reader collects, and the histograms that the meter keeps beside it. The library's exporter
/// takes nothing but what the SDK collected, so the request is put together here.
pub(crate) struct MetricExporter {
    delivery: Arc<Delivery>,
    capture: EventCapture,
    temporality: Temporality,
    histograms: Histograms,
    deltas: Mutex<Deltas>,
    starts: Mutex<Starts>,
    runtime: Handle,
}

impl MetricExporter {
    pub(crate) fn new(delivery: Delivery, temporality: Temporality, histograms: Histograms, runtime: Handle) -> Self {
        Self {
            delivery: Arc::new(delivery),
            capture: EventCapture::new(),
            temporality,
            histograms,
            deltas: Mutex::default(),
            starts: Mutex::new(Starts::begin(LEAST_LIFE)),
            runtime,
        }
    }

    pub(crate) fn state(&self) -> &Arc<SignalState> {
        &self.delivery.state
    }

    pub(crate) fn temporality(&self) -> Temporality {
        self.temporality
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// A failed export of cumulative metrics loses nothing while another one follows.
    fn loses(&self, failure: Failure) -> Option<Loss> {
        let last = self.delivery.state.deadline().is_some();
        match failure {
            Failure::Superseded => None,
            Failure::Deadline => Some(Loss::Shutdown),
            Failure::GivenUp | Failure::TooLarge if last => Some(Loss::ExportFailed),
            Failure::GivenUp | Failure::TooLarge => {
                (self.temporality != Temporality::Cumulative).then_some(Loss::ExportFailed)
            }
        }
    }

    fn request(&self, metrics: &ResourceMetrics) -> ExportMetricsServiceRequest {
        let mut request = ExportMetricsServiceRequest::from(metrics);
        let (mut histograms, now) = (self.histograms.collect(), SystemTime::now());
        // Low memory means deltas for what is recorded, as histograms are.
        let temporality = match self.temporality {
            Temporality::Cumulative => Temporality::Cumulative,
            _ => {
                let mut deltas = self.deltas.lock().unwrap_or_else(PoisonError::into_inner);
                histograms = deltas.since_last(now, histograms);
                Temporality::Delta
            }
        };
        append(histograms, temporality.into(), now, &mut request);
        self.starts.lock().unwrap_or_else(PoisonError::into_inner).fill_in(&mut request);
        request
    }

    /// Exports what was collected, and waits for that.
    pub(crate) fn export(&self, metrics: &ResourceMetrics) {
        let request = self.request(metrics);
        for (failure, points) in self.deliver(request) {
            if let Some(loss) = self.loses(failure) {
                self.delivery.state.lost(loss, points);
            }
        }
    }

    /// Sends the request, cut as the collector takes it, from the exporter's thread, which has the timers. Returns what
    /// failed, with its points.
    fn deliver(&self, request: ExportMetricsServiceRequest) -> Vec<(Failure, u64)> {
        let (delivery, capture) = (Arc::clone(&self.delivery), self.capture.clone());
        let all = parts::points(&request);
        let (sent, wait) = mpsc::channel();
        self.runtime.spawn(async move {
            let (client, until) = (&delivery.client, delivery.until());
            let mut requests = parts::cut(request, delivery.max_request);
            requests.reverse();
            let mut failures = Vec::new();
            while let Some(request) = requests.pop() {
                let points = parts::points(&request);
                let attempt = |channel| capture.quietly(client.clone().export_metrics(channel, request.clone()));
                match delivery.send(points, until, attempt).await {
                    Ok(()) => {}
                    Err(Failure::TooLarge) => {
                        let halves = parts::halve(request);
                        if halves.len() > 1 {
                            requests.extend(halves.into_iter().rev());
                        } else {
                            failures.push((Failure::TooLarge, points));
                        }
                    }
                    Err(failure) => failures.push((failure, points)),
                }
            }
            let _nobody_waits = sent.send(failures);
        });
        // The task only ever ends without a word when the exporter's thread ends.
        wait.recv().unwrap_or_else(|_| vec![(Failure::Deadline, all)])
    }
}

impl fmt::Debug for MetricExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricExporter").field("delivery", &self.delivery).finish_non_exhaustive()
    }
}
