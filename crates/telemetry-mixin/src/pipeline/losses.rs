//! The metrics of telemetry-core by which it tells of itself, and the reasons of what is lost.

use telemetry_core::{MetricDef, SelfMetrics};

use crate::query::{Aggregate, rate};

/// Exports that failed after all retries.
pub(super) const FAILURES: &MetricDef = SelfMetrics::CATALOGUE[0];

/// Items lost before export.
pub(super) const DROPPED: &MetricDef = SelfMetrics::CATALOGUE[1];

/// Measurements folded into the overflow series.
pub(super) const OVERFLOW: &MetricDef = SelfMetrics::CATALOGUE[2];

/// Why items were lost that had been recorded.
const ON_THE_WAY: &str = "queue_full|export_failed|rejected|shutdown|log_buffer_full";

/// Items that had been recorded and were lost on the way to the collector.
pub(super) fn lost() -> Aggregate {
    rate(DROPPED).matches("reason", ON_THE_WAY)
}

/// What was never recorded: values that would corrupt a series, labels too long, callbacks that hang or panic.
pub(super) fn left_out() -> Aggregate {
    rate(DROPPED).matches_not("reason", ON_THE_WAY)
}
