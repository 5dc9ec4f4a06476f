//! Settings of the queues between recording and export.

use std::time::Duration;

/// Queues and batches, for spans and for log records.
#[derive(crate::Settings, Debug, Clone, PartialEq)]
#[settings(title = "Queues and batches")]
pub struct Batches {
    /// Of spans.
    #[setting(group(env = "OTEL_BSP"))]
    pub spans: SpanBatch,
    /// Of log records.
    #[setting(group(env = "OTEL_BLRP"))]
    pub logs: LogBatch,
}

/// The queue of one signal.
macro_rules! queue {
    ($(#[$doc:meta])* $name:ident, delay $delay:literal) => {
        $(#[$doc])*
        #[derive(crate::Settings, Debug, Clone, PartialEq)]
        pub struct $name {
            /// How many records wait for export before further ones are dropped (and counted). Together they have no more
            /// than 64 MiB.
            #[setting(default = 2048, accepts = 1..=1_000_000, example = "4096")]
            pub max_queue_size: Option<usize>,
            /// How many records one export carries at most; no more than the queue holds.
            #[setting(accepts = 1..=1_000_000, unset = "512, or the queue's size where that is less", example = "256")]
            pub max_export_batch_size: Option<usize>,
            /// How long a record waits for its batch to fill.
            #[setting(default = $delay, accepts = "1ms"..="24h", example = "2s")]
            pub schedule_delay: Option<Duration>,
            /// How long one export may take, retries included. The shorter of this and the signal's timeout of OTLP
            /// holds.
            #[setting(accepts = "1ms"..="24h", unset = "the signal's timeout of OTLP", example = "30s")]
            pub export_timeout: Option<Duration>,
        }
    };
}

queue! {
    /// The queue of spans.
    SpanBatch, delay "5s"
}

queue! {
    /// The queue of log records.
    LogBatch, delay "1s"
}
