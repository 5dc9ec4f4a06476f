//! How an agent works on a task: it asks its model, calls the tools that the model asks for, and tells what it does, turn
//! after turn.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};
use telemetry_agent::{Agent, Run, Task, ToolCall, ToolType, Turn};
use telemetry_runtime::ToolError;

use super::plan::AgentPlan;
use crate::platform::executions::Toolbox;
use crate::platform::mcp::Toolset;
use crate::platform::models::{AskError, Gateway, ToolRequest};
use crate::platform::streams::Telling;

/// What agents work with.
pub(crate) struct Worker {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) toolbox: Arc<Toolbox>,
    pub(crate) toolset: Arc<Toolset>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunEnd {
    /// The model has no more to ask for.
    Done,
    /// It had as many turns as it may, and is not done.
    TurnLimit,
    /// The model said nothing.
    Failed,
}

/// A task that an agent works on.
#[derive(Clone, Copy)]
pub(super) struct Assignment<'a> {
    pub(super) agent: &'a Agent,
    pub(super) plan: &'a AgentPlan,
    pub(super) task: &'a Task,
    /// What is to be done.
    pub(super) prompt: &'a str,
    /// Whoever follows the task hears of it.
    pub(super) telling: &'a Telling,
}

impl Worker {
    /// Runs the agent until it is done, fails or comes to its turn limit. Dropped before, the run is cancelled.
    pub(super) async fn work(&self, assignment: Assignment<'_>) -> RunEnd {
        let Assignment { agent, plan, task, prompt, telling } = assignment;
        // What it spends from here on, in calls of models first, counts for the agent and the task.
        let run = agent.prepare().task(task).max_turns(plan.max_turns).conversation(task.id()).start();
        run.in_scope(|| telling.say("run"));
        let mut messages = vec![json!({"role": "user", "content": prompt})];
        loop {
            let Ok(turn) = run.try_turn() else {
                run.reach_turn_limit();
                return RunEnd::TurnLimit;
            };
            match turn.instrument(self.take_turn((&run, &turn), assignment, &mut messages)).await {
                Ok(goes_on) => {
                    turn.complete();
                    if !goes_on {
                        run.in_scope(|| telling.say("result"));
                        run.complete();
                        return RunEnd::Done;
                    }
                }
                Err(error) => {
                    turn.because(&error).fail();
                    run.because(&error).fail();
                    return RunEnd::Failed;
                }
            }
        }
    }

    /// Asks the model and does what it asks for; whether it asked for anything.
    async fn take_turn(
        &self,
        (run, turn): (&Run, &Turn),
        work: Assignment<'_>,
        messages: &mut Vec<Value>,
    ) -> Result<bool, AskError> {
        work.telling.say("turn");
        let Assignment { plan, .. } = work;
        // An agent whose model is heard of is not stuck, however long the answer takes.
        let reply = self.gateway.converse(&plan.deployment, &plan.id, messages, || run.touch()).await?;
        messages.push(reply.message);
        for asked in &reply.calls {
            let outcome = self.call(turn, work, asked).await;
            messages.push(asked.answer(outcome));
        }
        Ok(!reply.calls.is_empty())
    }

    /// Calls a tool, if the agent may; what came of it in a word.
    async fn call(&self, turn: &Turn, work: Assignment<'_>, asked: &ToolRequest) -> &'static str {
        let is_served = self.toolset.knows(&asked.tool);
        let kind = if is_served { ToolType::Extension } else { ToolType::Function };
        let call: ToolCall = turn.tool(&asked.tool).kind(kind).call_id(&asked.id).start();
        if !work.plan.tools.contains(&asked.tool) {
            call.deny();
            return "denied";
        }
        let called = call.instrument(async {
            work.telling.say("tool");
            if is_served { self.call_served(asked).await } else { self.run_process(asked).await }
        });
        match called.await {
            Ok(()) => {
                call.succeed();
                "done"
            }
            Err(error) => {
                call.because(&error).fail();
                "failed"
            }
        }
    }

    async fn call_served(&self, asked: &ToolRequest) -> Result<(), CallError> {
        match self.toolset.call(&asked.tool, &asked.arguments).await {
            StatusCode::OK => Ok(()),
            status => Err(CallError::Served(status)),
        }
    }

    async fn run_process(&self, asked: &ToolRequest) -> Result<(), CallError> {
        let tool = self.toolbox.find(&asked.tool).ok_or(CallError::Unknown)?;
        self.toolbox.run(tool, &asked.arguments).await.map_err(CallError::Process)
    }
}

/// Why a call of a tool failed.
#[derive(Debug)]
enum CallError {
    Process(ToolError),
    Served(StatusCode),
    Unknown,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(_) => f.write_str("the tool's process failed"),
            Self::Served(status) => write!(f, "the tool's server failed: {status}"),
            Self::Unknown => f.write_str("there is no such tool"),
        }
    }
}

impl Error for CallError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Process(error) => Some(error),
            _ => None,
        }
    }
}
