//! Queues, complete and checked.

use std::time::Duration;

use super::layers::Layers;
use crate::settings::problems::Problems;

/// Checked [`SpanBatch`](crate::settings::SpanBatch) or [`LogBatch`](crate::settings::LogBatch).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResolvedBatch {
    /// How many records wait at most.
    pub max_queue_size: usize,
    /// How many records one export carries at most; never more than the queue holds.
    pub max_export_batch_size: usize,
    /// How long a record waits for its batch to fill.
    pub schedule_delay: Duration,
}

/// What the specification has one export carry.
const BATCH: usize = 512;

/// The queue of spans.
pub(super) fn spans(layers: &Layers, problems: &mut Problems) -> ResolvedBatch {
    let batch = &layers.settings.batch.spans;
    let (queue, delay) = (batch.max_queue_size(), batch.schedule_delay());
    one(layers, "batch.spans", queue, batch.max_export_batch_size, delay, problems)
}

/// The queue of log records.
pub(super) fn logs(layers: &Layers, problems: &mut Problems) -> ResolvedBatch {
    let batch = &layers.settings.batch.logs;
    let (queue, delay) = (batch.max_queue_size(), batch.schedule_delay());
    one(layers, "batch.logs", queue, batch.max_export_batch_size, delay, problems)
}

fn one(
    layers: &Layers,
    group: &str,
    max_queue_size: usize,
    batch: Option<usize>,
    schedule_delay: Duration,
    problems: &mut Problems,
) -> ResolvedBatch {
    if let Some(batch) = batch.filter(|batch| *batch > max_queue_size) {
        let queue = layers.name(&format!("{group}.max_queue_size"));
        let accepted = format!("a whole number from 1 to {max_queue_size}, which is {queue}");
        problems.add(layers.refuse(&format!("{group}.max_export_batch_size"), batch, accepted));
    }
    let max_export_batch_size = batch.unwrap_or(BATCH).min(max_queue_size);
    ResolvedBatch { max_queue_size, max_export_batch_size, schedule_delay }
}
