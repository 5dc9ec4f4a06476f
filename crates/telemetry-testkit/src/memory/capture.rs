//! The exporters of spans and log records that keep what they get.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::logs::tonic::group_logs_by_resource_and_scope;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, LogExporter};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use prost::Message;

use crate::canary;
use crate::received::{LogSet, SpanSet};

/// The spans and log records of one test, and their bytes as they would be exported.
#[derive(Debug, Default)]
pub(super) struct Capture(Mutex<Contents>);

#[derive(Debug, Default)]
struct Contents {
    spans: SpanSet,
    logs: LogSet,
    messages: Vec<Vec<u8>>,
}

impl Capture {
    pub(super) fn spans(&self) -> SpanSet {
        self.lock().spans.clone()
    }

    pub(super) fn logs(&self) -> LogSet {
        self.lock().logs.clone()
    }

    pub(super) fn clear(&self) {
        *self.lock() = Contents::default();
    }

    pub(super) fn contains(&self, bytes: &[u8]) -> bool {
        self.lock().messages.iter().any(|message| canary::found(bytes, message))
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps spans.
#[derive(Debug)]
pub(super) struct SpanCapture {
    capture: Arc<Capture>,
    resource: ResourceAttributesWithSchema,
}

impl SpanCapture {
    pub(super) fn new(capture: &Arc<Capture>) -> Self {
        Self { capture: Arc::clone(capture), resource: ResourceAttributesWithSchema::default() }
    }
}

impl SpanExporter for SpanCapture {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let request = ExportTraceServiceRequest { resource_spans };
        let mut contents = self.capture.lock();
        contents.spans.add(&request);
        contents.messages.push(request.encode_to_vec());
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}

/// Keeps log records.
#[derive(Debug)]
pub(super) struct LogCapture {
    capture: Arc<Capture>,
    resource: ResourceAttributesWithSchema,
}

impl LogCapture {
    pub(super) fn new(capture: &Arc<Capture>) -> Self {
        Self { capture: Arc::clone(capture), resource: ResourceAttributesWithSchema::default() }
    }
}

impl LogExporter for LogCapture {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let resource_logs = group_logs_by_resource_and_scope(&batch, &self.resource);
        let request = ExportLogsServiceRequest { resource_logs };
        let mut contents = self.capture.lock();
        contents.logs.add(&request);
        contents.messages.push(request.encode_to_vec());
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}
