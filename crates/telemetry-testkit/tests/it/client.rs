//! A plain OTLP client, without any exporter's retries.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_client::LogsServiceClient;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_client::MetricsServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::{
    Histogram, HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, metric,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status, span};
use telemetry_testkit::OtlpSink;
use tonic::codec::CompressionEncoding;
use tonic::transport::{Channel, Endpoint};

/// Longer than any of these calls takes; shorter than a hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn channel(sink: &OtlpSink) -> Channel {
    Endpoint::from_shared(sink.endpoint()).expect("an URL").connect().await.expect("the sink listens")
}

pub(crate) async fn send_metrics(channel: &Channel, request: ExportMetricsServiceRequest) -> Result<(), tonic::Status> {
    let mut client = MetricsServiceClient::new(channel.clone()).send_compressed(CompressionEncoding::Gzip);
    let mut request = tonic::Request::new(request);
    request.metadata_mut().insert("x-tenant", tonic::metadata::MetadataValue::from_static("acme"));
    client.export(request).await.map(drop)
}

pub(crate) async fn send_spans(channel: &Channel, request: ExportTraceServiceRequest) -> Result<(), tonic::Status> {
    TraceServiceClient::new(channel.clone()).export(request).await.map(drop)
}

pub(crate) async fn send_logs(channel: &Channel, request: ExportLogsServiceRequest) -> Result<(), tonic::Status> {
    LogsServiceClient::new(channel.clone()).export(request).await.map(drop)
}

pub(crate) fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

pub(crate) fn label(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.to_owned()))
}

fn resource() -> Option<Resource> {
    Some(Resource { attributes: vec![label("service.name", "shop")], ..Resource::default() })
}

fn scope() -> Option<InstrumentationScope> {
    Some(InstrumentationScope { name: "shop.orders".to_owned(), ..InstrumentationScope::default() })
}

/// A counter `orders_total{tool_id}` at `value`, measured at `time`.
pub(crate) fn counter(tool: &str, value: i64, time: u64) -> ExportMetricsServiceRequest {
    let point = NumberDataPoint {
        attributes: vec![label("tool_id", tool)],
        time_unix_nano: time,
        value: Some(Number::AsInt(value)),
        ..NumberDataPoint::default()
    };
    let data = metric::Data::Sum(Sum { data_points: vec![point], aggregation_temporality: 2, is_monotonic: true });
    metrics("orders_total", "{order}", data)
}

pub(crate) fn histogram() -> ExportMetricsServiceRequest {
    let point = HistogramDataPoint {
        attributes: vec![label("outcome", "success")],
        count: 3,
        sum: Some(1.5),
        min: Some(0.25),
        max: Some(1.0),
        explicit_bounds: vec![0.5, 2.0],
        bucket_counts: vec![2, 1, 0],
        ..HistogramDataPoint::default()
    };
    let data = metric::Data::Histogram(Histogram { data_points: vec![point], aggregation_temporality: 1 });
    metrics("order_seconds", "s", data)
}

fn metrics(name: &str, unit: &str, data: metric::Data) -> ExportMetricsServiceRequest {
    let metric = Metric {
        name: name.to_owned(),
        unit: unit.to_owned(),
        description: "Orders".to_owned(),
        data: Some(data),
        ..Metric::default()
    };
    let scope_metrics = vec![ScopeMetrics { scope: scope(), metrics: vec![metric], ..ScopeMetrics::default() }];
    let group = ResourceMetrics { resource: resource(), scope_metrics, ..ResourceMetrics::default() };
    ExportMetricsServiceRequest { resource_metrics: vec![group] }
}

pub(crate) fn span(name: &str, id: u8, parent: Option<u8>) -> Span {
    Span {
        name: name.to_owned(),
        trace_id: vec![7; 16],
        span_id: vec![id; 8],
        parent_span_id: parent.map(|parent| vec![parent; 8]).unwrap_or_default(),
        kind: span::SpanKind::Client as i32,
        start_time_unix_nano: 1_000,
        end_time_unix_nano: 3_000,
        attributes: vec![label("tool_id", "git"), attribute("exit_code", Value::IntValue(3))],
        events: vec![span::Event {
            name: "poll_iteration".to_owned(),
            attributes: vec![attribute("attempt", Value::IntValue(1))],
            ..span::Event::default()
        }],
        links: vec![span::Link { trace_id: vec![9; 16], span_id: vec![8; 8], ..span::Link::default() }],
        status: Some(Status { code: 2, message: "boom".to_owned() }),
        ..Span::default()
    }
}

pub(crate) fn spans(spans: Vec<Span>) -> ExportTraceServiceRequest {
    let scope_spans = vec![ScopeSpans { scope: scope(), spans, ..ScopeSpans::default() }];
    let group = ResourceSpans { resource: resource(), scope_spans, ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![group] }
}

pub(crate) fn log(body: &str) -> ExportLogsServiceRequest {
    let record = LogRecord {
        body: Some(AnyValue { value: Some(Value::StringValue(body.to_owned())) }),
        severity_text: "WARN".to_owned(),
        severity_number: 13,
        trace_id: vec![7; 16],
        span_id: vec![1; 8],
        attributes: vec![attribute("retryable", Value::BoolValue(true))],
        ..LogRecord::default()
    };
    let scope_logs = vec![ScopeLogs { scope: scope(), log_records: vec![record], ..ScopeLogs::default() }];
    let group = ResourceLogs { resource: resource(), scope_logs, ..ResourceLogs::default() };
    ExportLogsServiceRequest { resource_logs: vec![group] }
}
