//! From spans that end to requests: the SDK's processor, and the export of what is queued.

use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanExporter as _, SpanProcessor};
use tonic::transport::Channel;

use super::batch::{self, BatchDelivery};
use super::client::not_built;
use super::deliver::Delivery;
use super::limits::SpanLimits;
use super::queue::Queue;

/// Puts ended, sampled spans into the queue.
#[derive(Debug)]
pub(crate) struct SpanQueue(pub(crate) Arc<Queue<SpanData>>);

impl SpanProcessor for SpanQueue {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() {
            self.0.push(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        batch::flush(&self.0)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        batch::shut_down(&self.0, Instant::now() + timeout)
    }
}

/// Exports what the queue holds.
pub(crate) async fn export(queue: Arc<Queue<SpanData>>, delivery: Delivery, resource: Resource, limits: SpanLimits) {
    let batches = BatchDelivery::new(delivery);
    let (batches, resource, limits) = (&batches, &resource, &limits);
    let export = async |mut spans: Vec<SpanData>| {
        limits.keep(&mut spans).await;
        let mut requests = batches.requests(spans);
        while let Some(spans) = requests.next() {
            let attempt = async |channel: Channel| {
                let builder = batches.delivery.client.over(channel, SpanExporter::builder().with_tonic());
                let export = async {
                    let mut exporter = builder.build().map_err(not_built)?;
                    exporter.set_resource(resource);
                    exporter.export(spans.clone()).await
                };
                batches.capture.run(export).await
            };
            if !batches.send(spans.len() as u64, requests.until, attempt).await {
                requests.halve(spans);
            }
        }
    };
    queue.work(|spans: Vec<SpanData>| batches.whole(spans.len(), export(spans))).await;
}
