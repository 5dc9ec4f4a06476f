//! The histograms that a meter keeps itself: cells without locks, and the forms in which they are exported.

#[cfg(feature = "otlp")]
mod delta;
mod distribution;
#[cfg(feature = "otlp")]
mod otlp;
mod store;
#[cfg(feature = "prometheus")]
mod text;

#[cfg(feature = "otlp")]
pub(crate) use delta::Deltas;
pub(crate) use distribution::Distribution;
#[cfg(feature = "otlp")]
pub(crate) use otlp::append;
pub(crate) use store::HistogramMetric;
pub use store::{HistogramData, HistogramPoint, Histograms};
