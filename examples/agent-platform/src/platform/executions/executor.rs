//! How tasks, agents and workflows are executed, each step measured where it ends.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;
use telemetry_core::{Component, Errors, Family, Label as _, Meter, Single};
use telemetry_runtime::labels::ErrorKind;
use telemetry_runtime::{Background, Backoff, Execution, Executions, PollState, ToolError, WaitError, Workflows};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::agent::Agent;
use super::engine::{Engine, EngineError, State};
use super::toolbox::Toolbox;
use crate::platform::metrics::{Operation, PlatformMetrics, PluginMetrics};

/// How long a caller waits for a task or an agent.
const LIMIT: Duration = Duration::from_secs(60);
/// How long a caller waits for a workflow.
const WORKFLOW_LIMIT: Duration = Duration::from_millis(900);
/// How many operations the platform is meant for at once.
const CAPACITY: f64 = 16.0;

/// Executes tasks, agents and workflows.
pub(crate) struct Executor {
    toolbox: Arc<Toolbox>,
    agents: BTreeMap<String, Agent>,
    engine: Arc<dyn Engine>,
    executions: Executions,
    workflows: Workflows,
    errors: Errors,
    metrics: Single<PlatformMetrics>,
    plugins: Family<PluginMetrics>,
    /// How many operations are under way; locked while the gauge is set, so that it shows the last of it.
    active: Mutex<u64>,
    last_task: AtomicU64,
    /// What callers wait for, and what nobody does.
    under_way: TaskTracker,
}

impl Executor {
    pub(crate) fn new(
        meter: &Meter,
        toolbox: Arc<Toolbox>,
        agents: impl IntoIterator<Item = Agent>,
        engine: Arc<dyn Engine>,
    ) -> Self {
        Self {
            toolbox,
            agents: agents.into_iter().map(|agent| (agent.id.clone(), agent)).collect(),
            engine,
            executions: Executions::new(meter),
            workflows: Workflows::new(meter),
            errors: Errors::new(meter),
            metrics: Single::new(meter),
            plugins: Family::new(meter),
            active: Mutex::default(),
            last_task: AtomicU64::new(0),
            under_way: TaskTracker::new(),
        }
    }

    /// Executes a task: one run of a tool.
    pub(super) async fn execute_task(&self, tool: &str, input: &str) -> StatusCode {
        let Some(tool) = self.toolbox.find(tool) else { return StatusCode::NOT_FOUND };
        let _operation = self.begin(Operation::Task);
        let task_id = format!("task-{}", self.last_task.fetch_add(1, Ordering::Relaxed));
        let execution = self.executions.task(&task_id, "tool").timeout(LIMIT).start();
        let result = execution.instrument(self.toolbox.run(tool, input)).await;
        end(execution, status_of(&result), result.as_ref().err().map(|error| error as _))
    }

    /// Starts a task that nobody waits for.
    pub(super) fn start_task(self: Arc<Self>, tool: &str, input: String) -> StatusCode {
        let Some(tool) = self.toolbox.find(tool).cloned() else { return StatusCode::NOT_FOUND };
        let _operation = self.begin(Operation::TaskStart);
        let task_id = format!("task-{}", self.last_task.fetch_add(1, Ordering::Relaxed));
        let accepted = self.executions.accept_task(&task_id, "tool");
        let executor = Arc::clone(&self);
        self.under_way.spawn(async move {
            let execution = accepted.start();
            let result = execution.instrument(executor.toolbox.run(&tool, &input)).await;
            end_unattended(execution, result);
        });
        StatusCode::ACCEPTED
    }

    /// Executes an agent: its tools, one after the other, until one fails.
    pub(super) async fn execute_agent(&self, agent: &str, input: &str) -> StatusCode {
        let _operation = self.begin(Operation::Agent);
        let preparation = self.executions.start_preparation(agent);
        let Some(agent) = self.agents.get(agent) else {
            preparation.fail(StatusCode::NOT_FOUND.as_u16());
            return StatusCode::NOT_FOUND;
        };
        let execution = preparation.ready(&agent.action).timeout(LIMIT).start();
        let result = execution.instrument(self.work(agent, input)).await;
        end(execution, status_of(&result), result.as_ref().err().map(|error| error as _))
    }

    /// Starts an agent that nobody waits for.
    pub(super) fn start_agent(self: Arc<Self>, agent: &str, input: String) -> StatusCode {
        let Some(agent) = self.agents.get(agent).cloned() else { return StatusCode::NOT_FOUND };
        let _operation = self.begin(Operation::AgentStart);
        let accepted = self.executions.accept_agent(&agent.id, &agent.action);
        let executor = Arc::clone(&self);
        self.under_way.spawn(async move {
            let execution = accepted.start();
            let result = execution.instrument(executor.work(&agent, &input)).await;
            end_unattended(execution, result);
        });
        StatusCode::ACCEPTED
    }

    async fn work(&self, agent: &Agent, input: &str) -> Result<(), ToolError> {
        for tool in agent.tools.iter().filter_map(|id| self.toolbox.find(id)) {
            if let Err(error) = self.toolbox.run(tool, input).await {
                self.errors.record(Errors::AGENT_EXECUTION_ERROR, Component::Agent);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Runs a workflow and polls it until it is done.
    pub(super) async fn run_workflow(&self, workflow_id: &str) -> StatusCode {
        let Some(number) = self.engine.start(workflow_id) else { return StatusCode::NOT_FOUND };
        let _operation = self.begin(Operation::Workflow);
        let exec_id = number.to_string();
        let execution = self.executions.workflow(workflow_id, &exec_id).timeout(WORKFLOW_LIMIT).start();
        let waited = execution.instrument(self.wait_for(workflow_id, number)).await;
        self.engine.forget(number);
        let status = match &waited {
            Ok(()) => StatusCode::OK,
            Err(WaitError::TimedOut { .. }) => StatusCode::GATEWAY_TIMEOUT,
            Err(WaitError::Failed(_)) => StatusCode::BAD_GATEWAY,
        };
        end(execution, status, waited.as_ref().err().map(|error| error as _))
    }

    async fn wait_for(&self, workflow_id: &str, number: u64) -> Result<(), WaitError<EngineError>> {
        let steady = Duration::from_millis(80);
        let backoff = Backoff::new(steady, 1.0, steady, 0.1).unwrap_or_default();
        let wait = self.workflows.wait(workflow_id, WORKFLOW_LIMIT).backoff(backoff);
        wait.poll(async || match self.engine.state(number) {
            State::Pending => PollState::running("PENDING"),
            State::Running => PollState::running("RUNNING"),
            State::Completed => PollState::Completed(()),
            State::Failed => PollState::Failed(EngineError { execution: number }),
        })
        .await
    }

    /// Calls a plugin that a user named.
    pub(crate) fn call_plugin(&self, plugin: &str) {
        self.plugins.get(plugin).calls.add(1);
    }

    /// Reports how much of a capacity is in use.
    pub(crate) fn report_pressure(&self, active: u64, capacity: f64) {
        self.metrics.pressure.set(active as f64 / capacity);
    }

    /// Waits for all that is under way: for executions that nobody else waits for, and for the end of those whose callers
    /// hung up, which the server drops without waiting.
    pub(crate) async fn drain(&self) {
        self.under_way.close();
        self.under_way.wait().await;
    }

    fn begin(&self, operation: Operation) -> Active<'_> {
        self.metrics.operations.at(operation).add(1);
        self.metrics.active.add(1);
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        *active += 1;
        self.report_pressure(*active, CAPACITY);
        Active { executor: self, _under_way: self.under_way.token() }
    }
}

/// An operation under way.
struct Active<'a> {
    executor: &'a Executor,
    /// Let go at last, for whoever waits for this counts on all the rest.
    _under_way: TaskTrackerToken,
}

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.executor.metrics.active.add(-1);
        let mut active = self.executor.active.lock().unwrap_or_else(PoisonError::into_inner);
        *active -= 1;
        self.executor.report_pressure(*active, CAPACITY);
    }
}

/// The answer to a caller who waited for tools.
fn status_of(result: &Result<(), ToolError>) -> StatusCode {
    match result {
        Ok(()) => StatusCode::OK,
        Err(error) if error.kind() == ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        Err(_) => StatusCode::BAD_GATEWAY,
    }
}

/// Ends an execution whose caller has gone: how it ended is in the telemetry.
fn end_unattended(execution: Background, result: Result<(), ToolError>) {
    match result {
        Ok(()) => execution.succeed(),
        Err(error) if error.kind() == ErrorKind::Timeout => execution.because(&error).timeout(),
        Err(error) => execution.because(&error).fail_as(error.kind().as_str()),
    }
}

/// Ends the execution as its caller is told; its span and its log record say why it failed.
fn end(execution: Execution, status: StatusCode, error: Option<&dyn Error>) -> StatusCode {
    let execution = match error {
        Some(error) => execution.because(error),
        None => execution,
    };
    match status {
        StatusCode::OK => execution.succeed(),
        StatusCode::GATEWAY_TIMEOUT => execution.timeout(),
        status => execution.fail(status.as_u16()),
    }
    status
}
