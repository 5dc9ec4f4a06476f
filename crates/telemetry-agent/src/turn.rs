//! A turn of a run: one exchange with the model, and the tools that it asks for.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use opentelemetry::Context;
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Dropped, End, conversation, end_event, operation_span};

use crate::run_core::RunCore;
use crate::shown::shown;
use crate::tool_call::{ToolCall, ToolStart};
use crate::work::{Work, because};

/// A turn of a run: a guard. It is owned, and goes into a spawned task.
///
/// It is counted when it starts. One that is dropped before [`complete`](Self::complete) or [`fail`](Self::fail) says
/// `cancelled` on its span.
#[must_use = "dropped at once, the turn counts as cancelled"]
pub struct Turn {
    core: Arc<RunCore>,
    number: u32,
    work: Work,
    /// Why it fails, if it does.
    why: Option<String>,
}

impl Turn {
    pub(crate) fn start(core: Arc<RunCore>, within: &Context, number: u32) -> Self {
        let work = Work::start(within, || {
            operation_span!(
                "agent.turn",
                otel.name = format!("agent.turn.{number}"),
                project_id = &*shown(core.project_id()),
                agent_id = &*shown(&core.agent.id),
                task_id = core.task_id().map(shown).as_deref(),
                turn = i64::from(number),
                // Back ends for language models show it as what leads from one step to the next.
                openinference.span.kind = "CHAIN",
                gen_ai.agent.id = &*shown(&core.agent.id),
                gen_ai.agent.name = &*shown(&core.agent.id),
                gen_ai.conversation.id = conversation::current().as_deref(),
            )
        });
        core.activity.touch_at(work.operation.started());
        Self { core, number, work, why: None }
    }

    /// Which turn of its run it is; the first is 1.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The turn's span, `agent.turn.{n}`.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        self.work.operation.span()
    }

    /// The turn's OpenTelemetry context.
    #[must_use]
    pub fn context(&self) -> Context {
        self.work.context().clone()
    }

    /// Runs a future within the turn's span, and within the run's scope.
    pub fn instrument<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        self.work.instrument(future)
    }

    /// Runs `work` within the turn's span, and within the run's scope.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        self.work.in_scope(work)
    }

    /// Starts a call of a tool, of which nothing more is known: [`tool`](Self::tool)`(…).`[`start()`](ToolStart::start).
    ///
    /// ```
    /// # use telemetry_agent::Agents;
    /// # fn read() -> Result<(), std::io::Error> { Ok(()) }
    /// # let run = Agents::global().create_project("storefront").agent("coder").prepare().start();
    /// let turn = run.turn();
    /// let call = turn.tool_call("Read");
    /// match call.in_scope(read) {
    ///     Ok(()) => call.succeed(),
    ///     Err(error) => call.because(&error).fail(),
    /// }
    /// turn.tool_call("Bash").deny(); // it was not allowed to
    /// turn.complete();
    /// ```
    pub fn tool_call(&self, name: &str) -> ToolCall {
        self.tool(name).start()
    }

    /// Prepares a call of a tool: what more is known of it than its name.
    pub fn tool<'a>(&'a self, name: &'a str) -> ToolStart<'a> {
        ToolStart::new(&self.core, self.work.context(), name)
    }

    /// Says why, for a failure that follows: what the error and its causes say, masked and cut. It must be no content.
    pub fn because(mut self, error: &dyn Error) -> Self {
        self.why = self.work.why(error);
        self
    }

    /// Ends the turn.
    pub fn complete(mut self) {
        self.end(End::success("success"));
    }

    /// Ends the turn as failed, which is no end of the run: the run decides what follows.
    pub fn fail(self) {
        self.fail_as("turn_error");
    }

    /// [`fail`](Self::fail), with an `error.type` of a few words' choice. It must hold no content.
    pub fn fail_as(mut self, error_type: &str) {
        let why = self.why.take();
        self.end(because(End::failure("error", error_type), why.as_deref()));
    }

    fn end(&mut self, end: End<'_>) {
        let Some(elapsed) = self.work.operation.end(&end) else { return };
        let core = &*self.core;
        core.activity.touch_at(self.work.operation.started() + elapsed);
        end_event!(
            self.work.operation,
            end,
            elapsed,
            {
                project_id = &*shown(core.project_id()),
                agent_id = &*shown(&core.agent.id),
                task_id = core.task_id().map(shown).as_deref(),
                turn = i64::from(self.number)
            },
            "agent turn ended",
            "agent turn failed"
        );
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        match self.work.operation.dropped() {
            None => {}
            Some(Dropped::Cancelled) => self.end(End::cancelled("cancelled")),
            Some(Dropped::Panicked) => self.end(End::panicked("error")),
        }
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("agent", &self.core.agent).field("number", &self.number).finish_non_exhaustive()
    }
}
