//! Telemetry of tool processes, synchronous and asynchronous executions, and workflow polling.
//!
//! Three things to call, each from a meter (`new`) or for the whole process (`global`):
//!
//! - [`Tools`]: start a run of a tool and let it [execute](ToolRun::execute) a process: fed, drained, limited, timed,
//!   killed with all that it forked, and recorded. Or end the run by hand when the tool is no process.
//! - [`Executions`]: a guard around each execution of a task, an agent or a workflow that a caller waits for, and a count
//!   of those that run asynchronously.
//! - [`Workflows`]: poll a workflow until it is done, with growing pauses and a deadline.
//!
//! A guard records duration, outcome, error, span and log event when it ends. Dropped unfinished, it records the outcome
//! `cancelled` and no error. What a tool is given and what it writes is never recorded.
//!
//! ```
//! use std::time::Duration;
//!
//! use telemetry_core::Meter;
//! use telemetry_runtime::labels::ErrorKind;
//! use telemetry_runtime::{Limits, Tools};
//! use tokio::process::Command;
//!
//! # async fn example() {
//! let tools = Tools::new(&Meter::global());
//! let limits = Limits { stdout: 1_000_000, ..Limits::default() };
//! let run = tools.run("word-count").permissions(&["read"]).limits(limits).start();
//! match run.execute(Command::new("wc"), "some words", Duration::from_secs(5)).await {
//!     Ok(output) => println!("{}", String::from_utf8_lossy(output.stdout())),
//!     Err(error) if error.kind() == ErrorKind::Start => println!("not installed"),
//!     Err(error) => println!("{error}"),
//! }
//! # }
//! ```
//!
//! Processes need a Unix: groups and signals are what stops a tool with all its children.

mod backoff;
mod digits;
mod execution;
pub mod labels;
mod metrics;
#[cfg(feature = "mixin")]
pub mod mixin;
mod output;
mod process;
mod tool;
mod workflow;

pub use backoff::{Backoff, BackoffError};
pub use execution::{AgentPreparation, Execution, ExecutionStart, Executions};
pub use metrics::CATALOGUE;
#[doc(hidden)]
pub use metrics::{ExecutionErrorMetrics, ExecutionMetrics, ProcessExitMetrics, ToolMetrics, WorkflowMetrics};
pub use output::ToolOutput;
pub use process::{Exit, Failure, Input, Limits, Mismatch, Overflow, ToolError};
pub use tool::{ToolRun, ToolSettings, ToolStart, Tools};
pub use workflow::{PollState, WaitError, WorkflowWait, Workflows};
