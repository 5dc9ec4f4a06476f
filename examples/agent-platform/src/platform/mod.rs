//! The platform: what its endpoints do.

mod agent;
mod engine;
mod notes;
mod routes;
mod toolbox;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::StatusCode;
use telemetry_core::{Component, Errors, Family, Label as _, Meter, Single};
use telemetry_runtime::labels::{AsyncKind, ErrorKind, ExecutionKind};
use telemetry_runtime::{Backoff, Execution, Executions, PollState, ToolError, WaitError, Workflows};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::check::Ledger;
use crate::metrics::{Operation, PlatformMetrics, PluginMetrics};
use agent::Agent;
use engine::{Engine, State, Workflow};
use toolbox::{Tool, Toolbox};

pub(crate) use agent::AGENTS;
pub(crate) use engine::WORKFLOWS;
pub(crate) use routes::router;
pub(crate) use toolbox::{BAD, GOOD, SLOW};

/// How long a caller waits for a task or an agent.
const LIMIT: Duration = Duration::from_secs(60);
/// How long a caller waits for a workflow.
const WORKFLOW_LIMIT: Duration = Duration::from_millis(900);
/// How many operations the platform is meant for at once.
const CAPACITY: f64 = 16.0;

/// Executes tasks, agents and workflows.
pub(crate) struct Platform {
    toolbox: Toolbox,
    engine: Engine,
    executions: Executions,
    workflows: Workflows,
    errors: Errors,
    metrics: Single<PlatformMetrics>,
    plugins: Family<PluginMetrics>,
    ledger: Arc<Ledger>,
    active: watch::Sender<u64>,
    last_task: AtomicU64,
    background: TaskTracker,
}

impl Platform {
    pub(crate) fn new(meter: &Meter, ledger: Arc<Ledger>) -> io::Result<Self> {
        Ok(Self {
            toolbox: Toolbox::new(meter)?,
            engine: Engine::default(),
            executions: Executions::new(meter),
            workflows: Workflows::new(meter),
            errors: Errors::new(meter),
            metrics: Single::new(meter),
            plugins: Family::new(meter),
            ledger,
            active: watch::Sender::new(0),
            last_task: AtomicU64::new(0),
            background: TaskTracker::new(),
        })
    }

    /// Executes a task: one run of a tool.
    async fn execute_task(&self, tool: Tool) -> StatusCode {
        let _operation = self.begin(Operation::Task);
        let task_id = format!("task-{}", self.last_task.fetch_add(1, Ordering::Relaxed));
        let noted = notes::execution(&self.ledger, ExecutionKind::Task);
        self.ledger.span("task.execute_sync");
        let execution = self.executions.task(&task_id, "tool").timeout(LIMIT).start();
        let status = status_of(&execution.instrument(self.toolbox.run(tool, &self.ledger)).await);
        end(execution, status);
        noted.ended(status)
    }

    /// Starts a task that nobody waits for.
    fn start_task(self: Arc<Self>, tool: Tool) {
        let _operation = self.begin(Operation::TaskStart);
        self.accept(AsyncKind::Task);
        let platform = Arc::clone(&self);
        // Its caller has gone; how it ended is in the telemetry.
        self.spawn(async move { drop(platform.toolbox.run(tool, &platform.ledger).await) });
    }

    /// Executes an agent: its tools, one after the other, until one fails.
    async fn execute_agent(&self, name: &str) -> StatusCode {
        let _operation = self.begin(Operation::Agent);
        let noted = notes::execution(&self.ledger, ExecutionKind::Agent);
        self.ledger.span("agent.prepare");
        let preparation = self.executions.start_preparation(name);
        let Some(agent) = agent::find(name) else {
            preparation.fail(StatusCode::NOT_FOUND.as_u16());
            return noted.ended(StatusCode::NOT_FOUND);
        };
        self.ledger.span("agent.execute_sync");
        let execution = preparation.ready(agent.action).timeout(LIMIT).start();
        let status = status_of(&execution.instrument(self.work(agent)).await);
        end(execution, status);
        noted.ended(status)
    }

    /// Starts an agent that nobody waits for.
    fn start_agent(self: Arc<Self>, agent: Agent) {
        let _operation = self.begin(Operation::AgentStart);
        self.accept(AsyncKind::Agent);
        let platform = Arc::clone(&self);
        self.spawn(async move { drop(platform.work(agent).await) });
    }

    async fn work(&self, agent: Agent) -> Result<(), ToolError> {
        for tool in agent.tools() {
            if let Err(error) = self.toolbox.run(tool, &self.ledger).await {
                self.errors.record(Errors::AGENT_EXECUTION_ERROR, Component::Agent);
                let labels = [("error_code", Errors::AGENT_EXECUTION_ERROR), ("component", "agent")];
                self.ledger.add("agentpane_errors_total", &labels, 1);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Runs a workflow and polls it until it is done.
    async fn run_workflow(&self, workflow: Workflow) -> StatusCode {
        let _operation = self.begin(Operation::Workflow);
        let noted = notes::execution(&self.ledger, ExecutionKind::Workflow);
        let number = self.engine.start(workflow);
        let exec_id = number.to_string();
        self.ledger.span("workflow.execute_sync");
        let execution = self.executions.workflow(workflow.id, &exec_id).timeout(WORKFLOW_LIMIT).start();
        let waited = execution.instrument(self.wait_for(workflow.id, number)).await;
        self.engine.forget(number);
        let status = match waited {
            Ok(()) => StatusCode::OK,
            Err(WaitError::TimedOut { .. }) => StatusCode::GATEWAY_TIMEOUT,
            Err(WaitError::Failed(())) => StatusCode::BAD_GATEWAY,
        };
        end(execution, status);
        noted.ended(status)
    }

    async fn wait_for(&self, workflow_id: &str, number: u64) -> Result<(), WaitError<()>> {
        let mut noted = notes::wait(&self.ledger, workflow_id);
        let steady = Duration::from_millis(80);
        let backoff = Backoff::new(steady, 1.0, steady, 0.1).unwrap_or_default();
        let polls = AtomicU64::new(0);
        let wait = self.workflows.wait(workflow_id, WORKFLOW_LIMIT).backoff(backoff);
        let result = wait
            .poll(async || {
                polls.fetch_add(1, Ordering::Relaxed);
                match self.engine.state(number) {
                    State::Pending => PollState::running("PENDING"),
                    State::Running => PollState::running("RUNNING"),
                    State::Completed => PollState::Completed(()),
                    State::Failed => PollState::Failed(()),
                }
            })
            .await;
        noted.polled(polls.into_inner(), &result);
        result
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
        // The sender is ours, so that it cannot be gone.
        let _ = self.active.subscribe().wait_for(|active| *active == 0).await;
        self.background.close();
        self.background.wait().await;
    }

    fn begin(&self, operation: Operation) -> Active<'_> {
        self.metrics.operations.at(operation).add(1);
        self.ledger.add("platform_operations_total", &[("operation", operation.as_str())], 1);
        self.metrics.active.add(1);
        self.active.send_modify(|active| {
            *active += 1;
            self.report_pressure(*active, CAPACITY);
        });
        Active(self)
    }

    fn accept(&self, kind: AsyncKind) {
        self.executions.async_started(kind);
        self.ledger.add("http_exec_started_total", &[("kind", kind.as_str())], 1);
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.background.spawn(work);
    }
}

/// An operation under way.
struct Active<'a>(&'a Platform);

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.metrics.active.add(-1);
        // At last, for whoever waits for this counts on all the rest.
        self.0.active.send_modify(|active| {
            *active -= 1;
            self.0.report_pressure(*active, CAPACITY);
        });
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

fn end(execution: Execution, status: StatusCode) {
    match status {
        StatusCode::OK => execution.succeed(),
        StatusCode::GATEWAY_TIMEOUT => execution.timeout(),
        status => execution.fail(status.as_u16()),
    }
}
