use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry::InstrumentationScope;
use opentelemetry::logs::Severity;
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::logs::tonic::group_logs_by_resource_and_scope;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, LogProcessor, SdkLogRecord};

use super::batch::{self, Batches};
use super::deliver::{Delivery, Otlp};
use super::limits::AttributeLimits;
use super::queue::Queue;

impl Otlp for ExportLogsServiceRequest {
    type Answer = ExportLogsServiceResponse;
    const PATH: &'static str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

    fn rejected(answer: Self::Answer) -> Option<(i64, String)> {
        answer.partial_success.map(|partial| (partial.rejected_log_records, partial.error_message))
    }
}

/// A log record and the scope that emitted it.
pub(crate) type Record = (SdkLogRecord, InstrumentationScope);

/// Puts log records into the queue. They are boxed because a record's attributes are stored in place: unboxed, each
/// slot of the queue would be as large as the largest ordinary record.
#[derive(Debug)]
pub(crate) struct LogQueue(pub(crate) Arc<Queue<Box<Record>>>);

impl LogProcessor for LogQueue {
    fn emit(&self, record: &mut SdkLogRecord, scope: &InstrumentationScope) {
        self.0.push(Box::new((record.clone(), scope.clone())));
    }

    fn event_enabled(&self, _level: Severity, _target: &str, _name: Option<&str>) -> bool {
        !self.0.is_closed()
    }

    fn force_flush(&self) -> OTelSdkResult {
        batch::flush(&self.0)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        batch::shut_down(&self.0, Instant::now() + timeout)
    }
}

/// Exports what the queue holds.
pub(crate) async fn export(
    queue: Arc<Queue<Box<Record>>>,
    delivery: Delivery,
    resource: ResourceAttributesWithSchema,
    limits: AttributeLimits,
) {
    let batches = Batches::new(delivery);
    let export = |records: Vec<Box<Record>>| {
        let items = records.len() as u64;
        let pairs: Vec<_> = records.iter().map(|record| (&record.0, &record.1)).collect();
        let resource_logs = group_logs_by_resource_and_scope(&LogBatch::new(&pairs), &resource);
        let mut request = ExportLogsServiceRequest { resource_logs };
        limits.keep_in_logs(&mut request);
        batches.send(request, items)
    };
    queue.work(export).await;
}
