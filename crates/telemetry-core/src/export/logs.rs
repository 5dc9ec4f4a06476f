//! From log records that are emitted to requests: the SDK's processor, and the export of what is queued.

use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry::InstrumentationScope;
use opentelemetry::logs::Severity;
use opentelemetry_otlp::LogExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, LogExporter as _, LogProcessor, SdkLogRecord};
use tonic::transport::Channel;

use super::batch::{self, BatchDelivery};
use super::client::not_built;
use super::deliver::Delivery;
use super::event_name;
use super::limits::LogLimits;
use super::queue::Queue;
use super::record::Record;

/// Puts log records into the queue. They are boxed because a record's attributes are stored in place: unboxed, each
/// slot of the queue would be as large as the largest ordinary record.
#[derive(Debug)]
pub(crate) struct LogQueue(pub(crate) Arc<Queue<Box<Record>>>);

impl LogProcessor for LogQueue {
    fn emit(&self, record: &mut SdkLogRecord, scope: &InstrumentationScope) {
        event_name::of_record(record);
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
pub(crate) async fn export(queue: Arc<Queue<Box<Record>>>, delivery: Delivery, resource: Resource, limits: LogLimits) {
    let batches = BatchDelivery::new(delivery);
    let (batches, resource, limits) = (&batches, &resource, &limits);
    let export = async |mut records: Vec<Box<Record>>| {
        limits.keep(&mut records).await;
        let mut requests = batches.requests(records);
        while let Some(records) = requests.next() {
            let pairs: Vec<_> = records.iter().map(|record| (&record.0, &record.1)).collect();
            let attempt = async |channel: Channel| {
                let builder = batches.delivery.client.over(channel, LogExporter::builder().with_tonic());
                let export = async {
                    let mut exporter = builder.build().map_err(not_built)?;
                    exporter.set_resource(resource);
                    exporter.export(LogBatch::new(&pairs)).await
                };
                batches.capture.run(export).await
            };
            if !batches.send(pairs.len() as u64, requests.until, attempt).await {
                requests.halve(records);
            }
        }
    };
    queue.work(|records: Vec<Box<Record>>| batches.whole(records.len(), export(records))).await;
}
