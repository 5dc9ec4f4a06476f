//! The three OTLP services: what is accepted, refused and noted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::LogsService;
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsPartialSuccess, ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::MetricsService;
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::TraceService;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use tonic::metadata::{KeyAndValueRef, MetadataMap};
use tonic::{Request, Response, Status};

use super::faults::{FaultSwitch, Rejection};
use super::store::{Contents, OtlpSignal, SinkRequest, Store};

/// What survives the sink's deaths.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) store: Store,
    pub(super) faults: FaultSwitch,
    max_message_bytes: usize,
}

/// The three services.
#[derive(Debug, Clone)]
pub(super) struct Receiver(pub(super) Arc<Shared>);

impl Shared {
    pub(super) fn new(max_message_bytes: usize) -> Self {
        Self { store: Store::default(), faults: FaultSwitch::new(), max_message_bytes }
    }

    async fn accept<M: Message>(
        &self,
        signal: OtlpSignal,
        request: Request<M>,
        keep: impl FnOnce(&mut Contents, &M),
    ) -> Result<Option<Rejection>, Status> {
        let (metadata, _, message) = request.into_parts();
        let passed = self.faults.pass(|| self.store.write(|contents| contents.counts.hung += 1)).await;
        let rejection = passed.map_err(|status| self.refuse(status))?;
        let size = message.encoded_len();
        if size > self.max_message_bytes {
            let reason = format!("grpc: received message larger than max ({size} vs. {})", self.max_message_bytes);
            return Err(self.refuse(Status::resource_exhausted(reason)));
        }
        let request =
            SinkRequest { signal, headers: headers(&metadata), bytes: message.encode_to_vec(), at: Instant::now() };
        self.store.write(|contents| {
            keep(contents, &message);
            contents.requests.push(request);
            *match signal {
                OtlpSignal::Metrics => &mut contents.counts.metrics,
                OtlpSignal::Traces => &mut contents.counts.traces,
                OtlpSignal::Logs => &mut contents.counts.logs,
            } += 1;
        });
        Ok(rejection)
    }

    fn refuse(&self, status: Status) -> Status {
        self.store.write(|contents| contents.counts.refused += 1);
        status
    }
}

fn headers(metadata: &MetadataMap) -> BTreeMap<String, String> {
    metadata
        .iter()
        .map(|entry| match entry {
            KeyAndValueRef::Ascii(key, value) => {
                (key.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            }
            KeyAndValueRef::Binary(key, value) => {
                (key.to_string(), String::from_utf8_lossy(value.as_encoded_bytes()).into_owned())
            }
        })
        .collect()
}

#[tonic::async_trait]
impl MetricsService for Receiver {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        let rejection =
            self.0.accept(OtlpSignal::Metrics, request, |contents, message| contents.metrics.add(message)).await?;
        let partial_success = rejection.map(|Rejection { items, message }| ExportMetricsPartialSuccess {
            rejected_data_points: items,
            error_message: message,
        });
        Ok(Response::new(ExportMetricsServiceResponse { partial_success }))
    }
}

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let rejection =
            self.0.accept(OtlpSignal::Traces, request, |contents, message| contents.spans.add(message)).await?;
        let partial_success = rejection.map(|Rejection { items, message }| ExportTracePartialSuccess {
            rejected_spans: items,
            error_message: message,
        });
        Ok(Response::new(ExportTraceServiceResponse { partial_success }))
    }
}

#[tonic::async_trait]
impl LogsService for Receiver {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        let rejection =
            self.0.accept(OtlpSignal::Logs, request, |contents, message| contents.logs.add(message)).await?;
        let partial_success = rejection.map(|Rejection { items, message }| ExportLogsPartialSuccess {
            rejected_log_records: items,
            error_message: message,
        });
        Ok(Response::new(ExportLogsServiceResponse { partial_success }))
    }
}
