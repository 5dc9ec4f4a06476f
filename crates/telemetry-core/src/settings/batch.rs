//! Settings of the queues between recording and export.

use std::time::Duration;

use super::SettingsError;
use super::check::{count, duration};
use super::layers::Layers;
use super::variable::{At, Variable};

/// Queues and batches, for spans and for log records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batches {
    /// Of spans: `OTEL_BSP_*`.
    pub spans: Batch,
    /// Of log records: `OTEL_BLRP_*`.
    pub logs: Batch,
}

/// The queue of one signal. The variables below start with `OTEL_BSP_` for spans and `OTEL_BLRP_` for log records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// How many records wait for export before further ones are dropped (and counted): `…MAX_QUEUE_SIZE`,
    /// from 1 to 1,000,000. Default: 2048.
    pub max_queue_size: Option<usize>,
    /// How many records one export carries at most: `…MAX_EXPORT_BATCH_SIZE`, from 1 to the queue's size.
    /// Default: 512, or the queue's size where that is less.
    pub max_export_batch_size: Option<usize>,
    /// How long a record waits for its batch to fill: `…SCHEDULE_DELAY`, milliseconds. Default: 5 s for spans, 1 s
    /// for log records.
    pub schedule_delay: Option<Duration>,
    /// How long one export may take, retries included: `…EXPORT_TIMEOUT`, milliseconds. The shorter of this and
    /// [`OtlpSignal::timeout`](super::OtlpSignal::timeout) holds. Default: that one's.
    pub export_timeout: Option<Duration>,
}

/// A checked [`Batch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResolvedBatch {
    /// How many records wait at most.
    pub max_queue_size: usize,
    /// How many records one export carries at most; never more than the queue holds.
    pub max_export_batch_size: usize,
    /// How long a record waits for its batch to fill.
    pub schedule_delay: Duration,
}

// The standard asks for at most 2048 and 512. The SDK allocates a whole queue ahead, hence the upper limit.
const QUEUE: usize = 2048;
const BATCH: usize = 512;
const MAX_QUEUE: usize = 1_000_000;

macro_rules! signal {
    ($variables:ident, $field:ident, $prefix:literal) => {
        pub(super) const $variables: &[Variable] = &[
            signal!($field, max_queue_size, $prefix, "MAX_QUEUE_SIZE", "4096"),
            signal!($field, max_export_batch_size, $prefix, "MAX_EXPORT_BATCH_SIZE", "256"),
            signal!($field, schedule_delay, $prefix, "SCHEDULE_DELAY", "2000"),
            signal!($field, export_timeout, $prefix, "EXPORT_TIMEOUT", "30000"),
        ];
    };
    ($signal:ident, $field:ident, $prefix:literal, $env:literal, $example:literal) => {
        Variable::new(
            concat!("batch.", stringify!($signal), ".", stringify!($field)),
            concat!($prefix, $env),
            $example,
            &At(|s| &mut s.batch.$signal.$field),
        )
    };
}

signal!(SPANS, spans, "OTEL_BSP_");
signal!(LOGS, logs, "OTEL_BLRP_");

/// The queues of spans and of log records.
pub(super) fn resolve(layers: &Layers) -> Result<(ResolvedBatch, ResolvedBatch), SettingsError> {
    let batch = &layers.settings.batch;
    Ok((
        one(layers, "spans", &batch.spans, Duration::from_secs(5))?,
        one(layers, "logs", &batch.logs, Duration::from_secs(1))?,
    ))
}

fn one(layers: &Layers, signal: &str, batch: &Batch, delay: Duration) -> Result<ResolvedBatch, SettingsError> {
    let key = |field: &str| format!("batch.{signal}.{field}");
    let queue = key("max_queue_size");
    let max_queue_size = count(layers, &queue, batch.max_queue_size, QUEUE, 1, MAX_QUEUE)?;
    let max_export_batch_size = batch.max_export_batch_size.unwrap_or(BATCH.min(max_queue_size));
    if max_export_batch_size == 0 || max_export_batch_size > max_queue_size {
        let accepted = format!("a number from 1 to {max_queue_size}, which is {}", layers.name(&queue));
        return Err(layers.refuse(&key("max_export_batch_size"), max_export_batch_size, accepted));
    }
    duration(layers, &key("export_timeout"), batch.export_timeout, Duration::from_secs(60))?;
    let schedule_delay = duration(layers, &key("schedule_delay"), batch.schedule_delay, delay)?;
    Ok(ResolvedBatch { max_queue_size, max_export_batch_size, schedule_delay })
}
