//! The ways to record that are measured beside each other, one library a file.
//!
//! The composite is one tool execution: its latency in a histogram and its end in a counter, both by tool and outcome,
//! and the size of its output in a histogram by tool. The tool's id is a string that is known at run time only.

mod all;
mod atomics;
mod metrics_macros;
mod names;
mod opentelemetry;
pub(crate) mod ours;
pub(crate) mod prometheus;
pub(crate) mod prometheus_client;
mod tracing_layer;

pub(crate) use all::{composite, counter};
pub(crate) use names::{LIMIT, OURS, OURS_HELD, looks_up};
