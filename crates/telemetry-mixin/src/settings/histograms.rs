//! In which form Prometheus keeps the histograms that expressions read.

use telemetry_core::Choice;

/// In which form Prometheus keeps histograms.
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Histograms {
    /// As a counter for each bucket, one of all values and their sum: `_bucket`, `_count` and `_sum`.
    #[default]
    Classic,
    /// As one series of native histograms under the metric's own name, with the bounds that the metric has (custom buckets).
    /// Prometheus makes them while it scrapes or takes OTLP.
    Native,
}
