//! OTLP over gRPC, on a thread of its own.

mod batch;
mod capture;
mod channel;
mod client;
mod deliver;
mod event_name;
mod limits;
mod logs;
mod masked;
mod metrics;
mod parts;
mod process;
mod push;
mod queue;
mod record;
mod retry;
mod size;
mod state;
mod thread;
mod traces;
mod with_dispatch;

pub(crate) use batch::GRACE;
pub(crate) use channel::{EndpointSource, SharedChannel};
pub(crate) use client::Client;
pub(crate) use deliver::Delivery;
pub(crate) use limits::{LogLimits, SpanLimits};
pub(crate) use logs::{LogQueue, export as export_logs};
pub(crate) use masked::Masking;
pub(crate) use metrics::MetricExporter;
pub(crate) use process::Owner;
pub(crate) use push::Push;
pub(crate) use queue::{Queue, QueueLimits};
pub(crate) use record::Record;
pub(crate) use size::Item;
pub use state::LOG_TARGET;
pub(crate) use state::SignalState;
#[cfg(feature = "prometheus")]
pub(crate) use state::say;
pub(crate) use thread::ExportThread;
pub(crate) use traces::{SpanQueue, export as export_spans};
pub(crate) use with_dispatch::WithDispatch;
