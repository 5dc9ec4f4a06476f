//! Telemetry under test: an in-process OTLP/gRPC receiver that fails on command, and assertions on what arrived.

mod ca;
mod received;
mod sink;

pub use ca::{TestCa, TestIdentity};
pub use received::{
    HistogramValue, LogEntry, LogSet, MetricPoint, MetricSet, PointValue, SpanEntry, SpanEvent, SpanLink, SpanSet,
};
pub use sink::{OtlpSignal, OtlpSink, OtlpSinkBuilder, RequestCounts, SinkError, SinkRequest};
