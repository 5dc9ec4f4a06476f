//! Telemetry as a test reads it: flat, with attributes as text, and with look-ups that say what there was instead.

mod attributes;
mod log;
mod log_set;
mod metric;
mod metric_set;
mod span;
mod span_set;

pub use log::LogEntry;
pub use log_set::LogSet;
pub use metric::{HistogramValue, MetricPoint, PointValue};
pub use metric_set::MetricSet;
pub use span::{SpanEntry, SpanEvent, SpanLink};
pub use span_set::SpanSet;
