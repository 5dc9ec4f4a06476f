//! OTLP over gRPC, on a thread of its own.

mod batch;
mod channel;
mod codec;
mod deliver;
mod limits;
mod logs;
mod metrics;
mod process;
mod queue;
mod retry;
mod state;
mod thread;
mod traces;

pub(crate) use batch::GRACE;
pub(crate) use channel::SharedChannel;
pub(crate) use deliver::Delivery;
pub(crate) use limits::AttributeLimits;
pub(crate) use logs::{LogQueue, Record, export as export_logs};
pub(crate) use metrics::{InFlight, MetricExporter};
pub(crate) use process::Owner;
pub(crate) use queue::{Limits, Queue};
pub use state::LOG_TARGET;
pub(crate) use state::SignalState;
pub(crate) use thread::ExportThread;
pub(crate) use traces::{SpanQueue, export as export_spans};
