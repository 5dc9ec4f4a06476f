use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

use super::batch::{self, Batches};
use super::deliver::{Delivery, Otlp};
use super::limits::AttributeLimits;
use super::queue::Queue;

impl Otlp for ExportTraceServiceRequest {
    type Answer = ExportTraceServiceResponse;
    const PATH: &'static str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    fn rejected(answer: Self::Answer) -> Option<(i64, String)> {
        answer.partial_success.map(|partial| (partial.rejected_spans, partial.error_message))
    }
}

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
pub(crate) async fn export(
    queue: Arc<Queue<SpanData>>,
    delivery: Delivery,
    resource: ResourceAttributesWithSchema,
    limits: AttributeLimits,
) {
    let batches = Batches::new(delivery);
    let export = |spans: Vec<SpanData>| {
        let items = spans.len() as u64;
        let resource_spans = group_spans_by_resource_and_scope(spans, &resource);
        let mut request = ExportTraceServiceRequest { resource_spans };
        limits.keep_in_spans(&mut request);
        batches.send(request, items)
    };
    queue.work(export).await;
}
