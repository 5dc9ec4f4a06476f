//! The settings of the core as they are declared, each once: one file a concern.

mod address;
mod batch;
mod choice;
mod exporters;
mod headers;
mod layer;
mod limits;
mod logs;
mod mask;
mod metrics;
mod otlp;
mod prometheus;
mod resource;
mod sampling;
mod secret;

pub use address::Url;
pub use batch::{Batches, LogBatch, SpanBatch};
pub use choice::{Compression, Console, HistogramAggregation, Protocol, SamplerKind};
pub use exporters::{ExporterSet, Exporters};
pub use headers::Headers;
pub(super) use layer::Entry;
pub use layer::Settings;
pub use limits::Limits;
pub use logs::Logs;
pub use mask::Mask;
pub use metrics::Metrics;
pub use otlp::{Otlp, OtlpSignal};
pub use prometheus::PrometheusEndpoint;
pub use resource::{Attributes, Resource};
pub use sampling::TracesSampler;
pub use secret::Secret;
