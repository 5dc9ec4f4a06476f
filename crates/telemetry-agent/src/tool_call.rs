//! An agent's call of a tool.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use opentelemetry::Context;
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Dropped, End, EntityRef, Label as _, conversation, end_event, operation_span};

use crate::metrics::{ToolMetrics, ToolMetricsKey, ToolStatus};
use crate::run_core::RunCore;
use crate::shown::shown;
use crate::work::{Work, because};

/// What a tool is, as the semantic conventions have it (`gen_ai.tool.type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ToolType {
    /// It runs where the agent does: a file that is read, a command.
    #[default]
    Function,
    /// It runs elsewhere, and acts there: an API, a server.
    Extension,
    /// It finds what is known somewhere.
    Datastore,
}

impl ToolType {
    fn as_str(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Extension => "extension",
            Self::Datastore => "datastore",
        }
    }
}

/// A call of a tool, about to start. [`start`](Self::start) starts it.
#[derive(Clone, Copy)]
#[must_use = "a call starts with `start`"]
pub struct ToolStart<'a> {
    core: &'a Arc<RunCore>,
    within: &'a Context,
    name: &'a str,
    kind: ToolType,
    call_id: Option<&'a str>,
}

impl<'a> ToolStart<'a> {
    pub(crate) fn new(core: &'a Arc<RunCore>, within: &'a Context, name: &'a str) -> Self {
        Self { core, within, name, kind: ToolType::default(), call_id: None }
    }

    /// What the tool is, for `gen_ai.tool.type`; a function, unless that is said.
    pub fn kind(self, kind: ToolType) -> Self {
        Self { kind, ..self }
    }

    /// The id by which the model asked for the call, for `gen_ai.tool.call.id`.
    pub fn call_id(self, id: &'a str) -> Self {
        Self { call_id: Some(id), ..self }
    }

    /// Starts the call: its clock and its span `tool.{name}`.
    pub fn start(self) -> ToolCall {
        let Self { core, within, name, kind, call_id } = self;
        let agent_id = &*core.agent.id;
        let work = Work::start(within, || {
            let said_name = &*shown(name);
            operation_span!(
                "agent.tool_call",
                otel.name = format!("tool.{said_name}"),
                project_id = &*shown(core.project_id()),
                agent_id = &*shown(agent_id),
                task_id = core.task_id().map(shown).as_deref(),
                tool = said_name,
                gen_ai.operation.name = "execute_tool",
                gen_ai.tool.name = said_name,
                "gen_ai.tool.type" = kind.as_str(),
                gen_ai.tool.call.id = call_id.map(shown).as_deref(),
                gen_ai.agent.id = &*shown(agent_id),
                gen_ai.conversation.id = conversation::current().as_deref(),
            )
        });
        core.activity.touch_at(work.operation.started());
        let tool = core.inner().tools.entity(ToolMetricsKey { agent_id, tool: name });
        ToolCall { core: Arc::clone(core), tool, work, why: None }
    }
}

impl fmt::Debug for ToolStart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolStart").field("name", &self.name).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A call of a tool: a guard that records how it ends. It is owned, and goes into a spawned task.
///
/// One that is dropped before its end was given up, which is neither a success nor an error of the tool, nor a denial: it is
/// not counted, and says `cancelled` on its span. A panic is an error of the tool.
#[must_use = "dropped at once, the call counts as cancelled"]
pub struct ToolCall {
    core: Arc<RunCore>,
    tool: EntityRef<ToolMetrics>,
    work: Work,
    /// Why it fails, if it does.
    why: Option<String>,
}

impl ToolCall {
    /// The call's span, `tool.{name}`.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        self.work.operation.span()
    }

    /// The call's OpenTelemetry context, for requests whose client is not instrumented.
    #[must_use]
    pub fn context(&self) -> Context {
        self.work.context().clone()
    }

    /// Runs the work within the call's span, and within the run's scope.
    pub fn instrument<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.work.instrument(work)
    }

    /// Runs `work` within the call's span, and within the run's scope.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        self.work.in_scope(work)
    }

    /// Says why, for a failure that follows: what the error and its causes say, masked and cut. What a tool answers with is
    /// content, and is not to be said here.
    pub fn because(mut self, error: &dyn Error) -> Self {
        self.why = self.work.why(error);
        self
    }

    /// Ends the call: the tool did what it was asked to.
    pub fn succeed(mut self) {
        self.end(Some(ToolStatus::Success), End::success(ToolStatus::Success.as_str()));
    }

    /// Ends the call: the tool failed.
    pub fn fail(self) {
        self.fail_as("tool_error");
    }

    /// [`fail`](Self::fail), with an `error.type` of a few words' choice. It must hold no content.
    pub fn fail_as(mut self, error_type: &str) {
        let why = self.why.take();
        let end = because(End::failure(ToolStatus::Error.as_str(), error_type), why.as_deref());
        self.end(Some(ToolStatus::Error), end);
    }

    /// Ends the call before the tool ran: the agent is not allowed to call it, by a rule or by somebody who was asked. Its
    /// duration is not recorded: it has none.
    pub fn deny(mut self) {
        self.end(Some(ToolStatus::Denied), End::cancelled(ToolStatus::Denied.as_str()));
    }

    fn end(&mut self, status: Option<ToolStatus>, end: End<'_>) {
        let Some(elapsed) = self.work.operation.end(&end) else { return };
        let core = &*self.core;
        core.activity.touch_at(self.work.operation.started() + elapsed);
        let tools = &core.inner().tools;
        if let Some(status) = status {
            let metrics = tools.at(self.tool.id());
            metrics.calls.at(status).add(1);
            if status != ToolStatus::Denied {
                metrics.duration.record(elapsed.as_secs_f64());
            }
        }
        end_event!(
            self.work.operation,
            end,
            elapsed,
            {
                project_id = &*shown(core.project_id()),
                agent_id = &*shown(&core.agent.id),
                task_id = core.task_id().map(shown).as_deref(),
                tool = &*shown(self.tool.label(tools, 1))
            },
            "tool call ended",
            "tool call failed"
        );
    }
}

impl Drop for ToolCall {
    fn drop(&mut self) {
        match self.work.operation.dropped() {
            None => {}
            Some(Dropped::Cancelled) => self.end(None, End::cancelled("cancelled")),
            Some(Dropped::Panicked) => {
                self.end(Some(ToolStatus::Error), End::panicked(ToolStatus::Error.as_str()));
            }
        }
    }
}

impl fmt::Debug for ToolCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolCall")
            .field("agent", &self.core.agent)
            .field("tool", &self.tool.label(&self.core.inner().tools, 1))
            .finish_non_exhaustive()
    }
}
