//! The guards of execution endpoints: tasks, agents and workflows that a caller waits for.

use std::fmt;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Family, Label, Meter, Single};
use tracing::field::Empty;

use crate::digits::Digits;
use crate::metrics::{AsyncKind, ExecutionErrorMetrics, ExecutionKind, ExecutionMetrics, Outcome};

/// The executions of tasks, agents and workflows that endpoints accept.
///
/// ```
/// use std::time::Duration;
///
/// use telemetry_runtime::Executions;
///
/// # async fn summarize() -> Result<String, std::io::Error> { Ok(String::new()) }
/// # async fn example() -> Result<String, std::io::Error> {
/// let execution = Executions::global().task("summarize", "basic", Duration::from_secs(60));
/// match execution.instrument(summarize()).await {
///     Ok(summary) => {
///         execution.succeed();
///         Ok(summary)
///     }
///     Err(error) => {
///         execution.fail(502);
///         Err(error)
///     }
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Executions {
    metrics: Single<ExecutionMetrics>,
    errors: Family<ExecutionErrorMetrics>,
}

impl Executions {
    /// Executions recorded by this meter.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self { metrics: Single::new(meter), errors: Family::new(meter) }
    }

    /// Executions recorded by the process's meter; nothing is recorded before it is installed.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<Executions> = OnceLock::new();
        GLOBAL.get_or_init(|| Self::new(&Meter::global()))
    }

    /// Counts an asynchronous execution that was accepted: the caller has its id and does not wait.
    pub fn async_started(&self, kind: AsyncKind) {
        self.metrics.started.at(kind).add(1);
    }

    /// A task that the caller waits for: span `task.execute_sync`. `component` is the sort of task (`agent`, `tool`).
    pub fn task<'a>(&'a self, task_id: &'a str, component: &'a str, timeout: Duration) -> Execution<'a> {
        let clock = Clock::start(self, ExecutionKind::Task, task_id);
        let span = ActiveSpan::start(|| {
            tracing::info_span!(
                "task.execute_sync",
                task_id,
                component,
                timeout_ms = millis(timeout),
                outcome = Empty,
                error_type = Empty,
                error.r#type = Empty,
                otel.status_code = Empty,
            )
        });
        Execution { clock, span }
    }

    /// An agent that the caller waits for, while its configuration is loaded: span `agent.prepare`.
    ///
    /// The latency of the execution counts from here.
    pub fn prepare_agent<'a>(&'a self, agent_id: &'a str) -> AgentPreparation<'a> {
        let clock = Clock::start(self, ExecutionKind::Agent, agent_id);
        let span = ActiveSpan::start(|| {
            tracing::info_span!(
                "agent.prepare",
                agent_id,
                action = Empty,
                outcome = Empty,
                error_type = Empty,
                error.r#type = Empty,
                otel.status_code = Empty,
            )
        });
        AgentPreparation { clock, span }
    }

    /// An agent that the caller waits for and that needs no preparation: span `agent.execute_sync`.
    pub fn agent<'a>(&'a self, agent_id: &'a str, action: &str, timeout: Duration) -> Execution<'a> {
        Execution::of_agent(Clock::start(self, ExecutionKind::Agent, agent_id), action, timeout)
    }

    /// A workflow that the caller waits for: span `workflow.execute_sync`.
    pub fn workflow<'a>(&'a self, workflow_id: &'a str, exec_id: &str, timeout: Duration) -> Execution<'a> {
        let clock = Clock::start(self, ExecutionKind::Workflow, workflow_id);
        let span = ActiveSpan::start(|| {
            tracing::info_span!(
                "workflow.execute_sync",
                workflow_id,
                exec_id,
                timeout_ms = millis(timeout),
                outcome = Empty,
                error_type = Empty,
                error.r#type = Empty,
                otel.status_code = Empty,
            )
        });
        Execution { clock, span }
    }
}

impl fmt::Debug for Executions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executions").finish_non_exhaustive()
    }
}

/// One execution that its caller waits for: a guard that records how it ends.
///
/// A guard that is dropped unfinished, because the caller went away or an early return left it, records the outcome
/// `cancelled` and no error.
#[must_use = "dropped at once, the execution counts as cancelled"]
pub struct Execution<'a> {
    // The clock comes first: it still records when a dropped guard has not ended its span.
    clock: Clock<'a>,
    span: ActiveSpan,
}

impl<'a> Execution<'a> {
    fn of_agent(clock: Clock<'a>, action: &str, timeout: Duration) -> Self {
        let span = ActiveSpan::start(|| {
            tracing::info_span!(
                "agent.execute_sync",
                agent_id = clock.id,
                action,
                timeout_ms = millis(timeout),
                outcome = Empty,
                error_type = Empty,
                error.r#type = Empty,
                otel.status_code = Empty,
            )
        });
        Self { clock, span }
    }

    /// The execution's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        &self.span
    }

    /// Runs the work within the execution's span.
    pub fn instrument<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.span.instrument(work)
    }

    /// Ends the execution as a success.
    pub fn succeed(mut self) {
        self.clock.finish(&self.span, Outcome::Success, None);
    }

    /// Ends the execution as failed, answered with this HTTP status code, which is the span's `error_type` too.
    ///
    /// A code outside 100 to 999 counts as `_other`.
    pub fn fail(mut self, status_code: u16) {
        self.clock.fail(&self.span, status_code, None);
    }

    /// Ends the execution as failed, with an error type of a few words' choice (`validation`, `provider`) on the span.
    pub fn fail_as(mut self, status_code: u16, error_type: &str) {
        self.clock.fail(&self.span, status_code, Some(error_type));
    }

    /// Ends the execution as stopped at its time limit, which counts as a timeout and not as an error of a status code.
    pub fn timeout(mut self) {
        self.clock.finish(&self.span, Outcome::Timeout, Some("timeout"));
    }
}

impl Drop for Execution<'_> {
    fn drop(&mut self) {
        self.clock.cancel(&self.span);
    }
}

/// The first half of an agent's execution: a guard that becomes the [`Execution`] once the agent is ready.
#[must_use = "dropped at once, the execution counts as cancelled"]
pub struct AgentPreparation<'a> {
    clock: Clock<'a>,
    span: ActiveSpan,
}

impl<'a> AgentPreparation<'a> {
    /// The preparation's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        &self.span
    }

    /// Runs the work within the preparation's span.
    pub fn instrument<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.span.instrument(work)
    }

    /// Ends the preparation and starts the execution proper: span `agent.execute_sync`.
    pub fn ready(mut self, action: &str, timeout: Duration) -> Execution<'a> {
        self.span.record("action", action);
        self.span.record("outcome", Outcome::Success.as_str());
        Execution::of_agent(self.clock.hand_over(), action, timeout)
    }

    /// Ends the execution as failed before it began, answered with this HTTP status code.
    pub fn fail(mut self, status_code: u16) {
        self.clock.fail(&self.span, status_code, None);
    }

    /// [`fail`](Self::fail), with an error type of a few words' choice on the span.
    pub fn fail_as(mut self, status_code: u16, error_type: &str) {
        self.clock.fail(&self.span, status_code, Some(error_type));
    }
}

impl Drop for AgentPreparation<'_> {
    fn drop(&mut self) {
        self.clock.cancel(&self.span);
    }
}

/// What an execution is measured with, from its start to its one end.
struct Clock<'a> {
    executions: &'a Executions,
    kind: ExecutionKind,
    id: &'a str,
    started: Instant,
    finished: bool,
}

impl<'a> Clock<'a> {
    fn start(executions: &'a Executions, kind: ExecutionKind, id: &'a str) -> Self {
        Self { executions, kind, id, started: Instant::now(), finished: false }
    }

    /// The same clock for the next phase; this one records nothing any more.
    fn hand_over(&mut self) -> Self {
        self.finished = true;
        Self { finished: false, ..*self }
    }

    fn fail(&mut self, span: &ActiveSpan, status_code: u16, error_type: Option<&str>) {
        let digits = Digits::new(status_code).filter(|_| status_code >= 100);
        let code = digits.as_ref().map_or("_other", Digits::as_str);
        self.executions.errors.get(code).errors.at(self.kind).add(1);
        self.finish(span, Outcome::Error, Some(error_type.unwrap_or(code)));
    }

    fn cancel(&mut self, span: &ActiveSpan) {
        if !self.finished {
            self.finish(span, Outcome::Cancelled, None);
        }
    }

    fn finish(&mut self, span: &ActiveSpan, outcome: Outcome, error_type: Option<&str>) {
        self.finished = true;
        let elapsed = self.started.elapsed();
        let metrics = &self.executions.metrics;
        metrics.latency.at((self.kind, outcome)).record(elapsed.as_secs_f64());
        if outcome == Outcome::Timeout {
            metrics.timeouts.at(self.kind).add(1);
        }
        span.record("outcome", outcome.as_str());
        if let Some(error_type) = error_type {
            span.record("error_type", error_type);
            span.record("error.type", error_type);
            span.record("otel.status_code", "ERROR");
        }
        let (kind, id, duration_ms) = (self.kind.as_str(), self.id, millis(elapsed));
        span.in_scope(|| match error_type {
            Some(error_type) => {
                tracing::warn!(kind, id, outcome = outcome.as_str(), error_type, duration_ms, "execution failed");
            }
            None => tracing::debug!(kind, id, outcome = outcome.as_str(), duration_ms, "execution ended"),
        });
    }
}

/// Whole milliseconds, as spans and log events carry durations.
/// Signed, as spans have whole numbers.
fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
