#![doc = include_str!("../README.md")]

mod ca;
mod canary;
mod eventually;
mod hostile;
mod memory;
mod received;
mod sink;

pub use ca::{TestCa, TestIdentity};
pub use eventually::{Answer, Eventually, NotInTime, eventually};
pub use hostile::{CollectorFault, HostileCollector, HttpFault};
pub use memory::{Captured, EnteredTelemetry, TelemetryGuard, TestTelemetry, TestTelemetryBuilder};
pub use received::{
    HistogramValue, LogEntry, LogSet, MetricPoint, MetricSet, PointValue, SpanEntry, SpanEvent, SpanLink, SpanSet,
};
pub use sink::{OtlpSignal, OtlpSink, OtlpSinkBuilder, RequestCounts, SinkError, SinkRequest};
