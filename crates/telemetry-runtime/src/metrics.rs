//! What is measured of tools, execution endpoints and waits for workflows.

use telemetry_core::{Catalogue, Counter, Histogram, Label, Metrics};

/// Every metric of this crate.
pub const CATALOGUE: Catalogue = Catalogue::new(
    env!("CARGO_PKG_NAME"),
    &[
        ToolMetrics::CATALOGUE,
        ProcessExitMetrics::CATALOGUE,
        ExecutionMetrics::CATALOGUE,
        ExecutionErrorMetrics::CATALOGUE,
        WorkflowMetrics::CATALOGUE,
    ],
);

/// What is measured of one tool.
#[derive(Metrics)]
#[metrics(scope = "telemetry.runtime", entity(tool_id))]
pub struct ToolMetrics {
    /// Latency of runtime tool executions from start to completion
    #[metric(
        name = "runtime_tool_execute_seconds",
        unit = "s",
        buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0]
    )]
    pub execute: Histogram<Outcome>,
    /// Runtime tool errors by the point of failure
    #[metric(name = "runtime_tool_errors_total")]
    pub errors: Counter<ErrorKind>,
    /// Tool executions that exceeded their timeout
    #[metric(name = "runtime_tool_timeouts_total")]
    pub timeouts: Counter,
    /// Size of tool stdout payloads
    #[metric(
        name = "runtime_tool_output_bytes",
        unit = "By",
        buckets = [100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0, 10_000_000.0]
    )]
    pub output: Histogram,
}

/// How tool processes end: 256 exit codes and the empty one of a signal are all the values of `code`.
#[derive(Metrics)]
#[metrics(
    scope = "telemetry.runtime",
    entity(
        code(values = "int 0-255, empty for a signal", max = 257),
        signal(values = "SIGKILL, SIGTERM, ...; empty for an exit")
    )
)]
pub struct ProcessExitMetrics {
    /// Tool process terminations by exit code or signal
    #[metric(name = "runtime_bun_process_exits_total")]
    pub exits: Counter<ExitStatus>,
}

/// What is measured of the execution endpoints.
#[derive(Metrics)]
#[metrics(scope = "telemetry.runtime", entity())]
pub struct ExecutionMetrics {
    /// Asynchronous execution starts accepted
    #[metric(name = "http_exec_started_total")]
    pub started: Counter<AsyncKind>,
    /// Latency of synchronous execution endpoints
    #[metric(
        name = "http_exec_sync_latency_seconds",
        unit = "s",
        buckets = [
            0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0
        ]
    )]
    pub latency: Histogram<(ExecutionKind, Outcome)>,
    /// Synchronous executions that timed out
    #[metric(name = "http_exec_timeouts_total")]
    pub timeouts: Counter<ExecutionKind>,
}

/// The errors that executions ended with, by the status code of the answer: three digits, `none` for an execution without
/// an HTTP status, `_other` for a number that is no status.
#[derive(Metrics)]
#[metrics(scope = "telemetry.runtime", entity(code(values = "HTTP status code")))]
pub struct ExecutionErrorMetrics {
    /// Execution endpoint errors by HTTP status code
    #[metric(name = "http_exec_errors_total")]
    pub errors: Counter<ExecutionKind>,
}

/// What is measured of waiting for one workflow.
#[derive(Metrics)]
#[metrics(scope = "telemetry.runtime", entity(workflow_id))]
pub struct WorkflowMetrics {
    /// Poll iterations of synchronous workflow executions
    #[metric(name = "workflow_sync_polls_total")]
    pub polls: Counter<PollOutcome>,
    /// Total time spent polling for workflow completion
    #[metric(
        name = "workflow_sync_poll_duration_seconds",
        unit = "s",
        buckets = [0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0]
    )]
    pub duration: Histogram,
}

/// How a tool run or an execution ended.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
pub enum Outcome {
    /// It did what it was asked to.
    Success,
    /// It failed.
    Error,
    /// It was stopped at its time limit.
    Timeout,
    /// Its guard was dropped unfinished: a cancelled future, an early return.
    Cancelled,
}

/// The point at which a tool run failed.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "error_kind")]
pub enum ErrorKind {
    /// The process could not be started.
    Start,
    /// The tool failed without having taken its input.
    Stdin,
    /// Its output could not be read, or passed the limit.
    Stdout,
    /// Its diagnostics could not be read, or passed the limit.
    Stderr,
    /// It exited with a code other than 0 or by a signal, or could not be waited for.
    Wait,
    /// Its output was not what was expected.
    Parse,
    /// It ran longer than it was given.
    Timeout,
    /// The tool's code, in this process, failed or panicked.
    Execution,
}

/// Whether a process ended by itself.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "status")]
pub enum ExitStatus {
    /// It exited with a code.
    Exit,
    /// A signal ended it.
    Signal,
}

/// What is started asynchronously.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "kind")]
pub enum AsyncKind {
    /// A task.
    Task,
    /// An agent.
    Agent,
}

/// What is executed synchronously.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "kind")]
pub enum ExecutionKind {
    /// A task.
    Task,
    /// An agent.
    Agent,
    /// A workflow.
    Workflow,
}

/// How waiting for a workflow ended.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
pub enum PollOutcome {
    /// The workflow completed.
    Completed,
    /// The deadline came first.
    Timeout,
    /// The workflow, or asking for its state, failed.
    Error,
}
