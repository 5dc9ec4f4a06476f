//! Where executions begin.

use std::fmt;

use telemetry_core::{Global, Meter, Shared, conversation, operation_span};
use tracing::field::Empty;

use super::background::Accepted;
use super::guard::Execution;
use super::instruments::ExecutionInstruments;
use super::preparation::AgentPreparation;
use super::start::{ExecutionStart, Target};
use super::work::Work;
use crate::metrics::{AsyncKind, ExecutionKind};
use crate::semconv;

/// The executions of tasks, agents and workflows that endpoints accept; cheap to clone.
///
/// ```
/// use std::time::Duration;
///
/// use telemetry_runtime::Executions;
///
/// # async fn summarize() -> Result<String, std::io::Error> { Ok(String::new()) }
/// # async fn example() -> Result<String, std::io::Error> {
/// let execution = Executions::global().task("summarize", "basic").timeout(Duration::from_secs(60)).start();
/// match execution.instrument(summarize()).await {
///     Ok(summary) => {
///         execution.succeed();
///         Ok(summary)
///     }
///     Err(error) => {
///         execution.because(&error).fail(502);
///         Err(error)
///     }
/// }
/// # }
/// ```
///
/// An agent on the command line answers no HTTP request:
///
/// ```
/// use telemetry_runtime::Executions;
///
/// # fn review() -> Result<(), std::io::Error> { Ok(()) }
/// let execution = Executions::global().start_agent("reviewer", "review");
/// match execution.in_scope(review) {
///     Ok(()) => execution.succeed(),
///     Err(error) => execution.because(&error).fail_as("io"),
/// }
/// ```
#[derive(Clone)]
pub struct Executions(Shared<ExecutionInstruments>);

impl Executions {
    /// Executions recorded by this meter.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self(Shared::new(ExecutionInstruments::new(meter)))
    }

    /// Executions recorded by the process's meter; nothing is recorded before it is installed.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: Global<Executions> = Global::new();
        GLOBAL.get(Self::new)
    }

    /// Prepares the execution of a task that its caller waits for: span `task.execute_sync`. `component` is the sort of
    /// task (`agent`, `tool`).
    ///
    /// Ids show on the span and in the log, and are no labels: there may be as many of them as there are executions.
    pub fn task<'a>(&'a self, task_id: &'a str, component: &'a str) -> ExecutionStart<'a> {
        ExecutionStart::new(&self.0, task_id, Target::Task { component })
    }

    /// Prepares the execution of an agent that its caller waits for and that is ready to run: span `agent.execute_sync`.
    pub fn agent<'a>(&'a self, agent_id: &'a str, action: &'a str) -> ExecutionStart<'a> {
        ExecutionStart::new(&self.0, agent_id, Target::Agent { action })
    }

    /// Prepares the execution of a workflow that its caller waits for: span `workflow.execute_sync`.
    pub fn workflow<'a>(&'a self, workflow_id: &'a str, exec_id: &'a str) -> ExecutionStart<'a> {
        ExecutionStart::new(&self.0, workflow_id, Target::Workflow { exec_id })
    }

    /// Starts the execution of a [`task`](Self::task) without a time limit.
    pub fn start_task(&self, task_id: &str, component: &str) -> Execution {
        self.task(task_id, component).start()
    }

    /// Starts the execution of an [`agent`](Self::agent) without a time limit.
    pub fn start_agent(&self, agent_id: &str, action: &str) -> Execution {
        self.agent(agent_id, action).start()
    }

    /// Starts the execution of a [`workflow`](Self::workflow) without a time limit.
    pub fn start_workflow(&self, workflow_id: &str, exec_id: &str) -> Execution {
        self.workflow(workflow_id, exec_id).start()
    }

    /// Starts the execution of an agent whose configuration has to be loaded first: span `agent.prepare`, until the
    /// agent is [`ready`](AgentPreparation::ready).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use telemetry_runtime::Executions;
    ///
    /// # struct Agent { action: &'static str }
    /// # fn load(_: &str) -> Option<Agent> { Some(Agent { action: "review" }) }
    /// let preparation = Executions::global().start_preparation("reviewer");
    /// match preparation.in_scope(|| load("reviewer")) {
    ///     Some(agent) => {
    ///         let execution = preparation.ready(agent.action).timeout(Duration::from_secs(60)).start();
    ///         execution.succeed();
    ///     }
    ///     None => preparation.fail_with(404, "unknown_agent"),
    /// }
    /// ```
    pub fn start_preparation(&self, agent_id: &str) -> AgentPreparation {
        AgentPreparation::new(Work::start(self.0.lease(), ExecutionKind::Agent, agent_id, || {
            operation_span!(
                "agent.prepare",
                agent_id,
                action = Empty,
                error_type = Empty,
                openinference.span.kind = semconv::CHAIN,
                gen_ai.agent.name = agent_id,
                gen_ai.conversation.id = conversation::current().as_deref(),
            )
        }))
    }

    /// Accepts the execution of a task that nobody waits for, and counts it as started. It starts where it runs, in a trace
    /// of its own that links to this request's: span `task.execute_async`.
    pub fn accept_task(&self, task_id: &str, component: &str) -> Accepted {
        self.accept(AsyncKind::Task, task_id, component)
    }

    /// Accepts the execution of an agent that nobody waits for, as [`accept_task`](Self::accept_task) does: span
    /// `agent.execute_async`.
    pub fn accept_agent(&self, agent_id: &str, action: &str) -> Accepted {
        self.accept(AsyncKind::Agent, agent_id, action)
    }

    fn accept(&self, kind: AsyncKind, id: &str, what: &str) -> Accepted {
        self.async_started(kind);
        Accepted::new(kind, id, what)
    }

    /// Counts an asynchronous execution that was accepted and runs elsewhere: the caller has its id and does not wait. What
    /// runs it finds out where it comes from by [`Origin`](telemetry_core::Origin).
    pub fn async_started(&self, kind: AsyncKind) {
        self.0.accepted(kind);
    }
}

impl fmt::Debug for Executions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executions").finish_non_exhaustive()
    }
}
