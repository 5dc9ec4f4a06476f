#![doc = include_str!("../README.md")]

mod digits;
mod execution;
pub mod labels;
mod metrics;
#[cfg(feature = "mixin")]
pub mod mixin;
mod output;
mod process;
mod semconv;
mod tool;
mod workflow;

pub use execution::{Accepted, AgentPreparation, Background, Execution, ExecutionStart, Executions};
pub use metrics::CATALOGUE;
#[doc(hidden)]
pub use metrics::{ExecutionErrorMetrics, ExecutionMetrics, ProcessExitMetrics, ToolMetrics, WorkflowMetrics};
pub use output::ToolOutput;
pub use process::{Exit, Failure, Input, Limits, Mismatch, Overflow, ToolError};
pub use telemetry_core::{Backoff, BackoffError};
pub use tool::{ToolRun, ToolSettings, ToolStart, Tools};
pub use workflow::{PollState, WaitError, WorkflowSettings, WorkflowWait, Workflows};
