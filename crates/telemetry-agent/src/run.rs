//! A run of an agent: its turns, what it is at, and how it ends.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use opentelemetry::Context;
use telemetry_core::scope::{Scope, Spent};
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Component, Dropped, End, Errors, Label as _, end_event};

use crate::agent_entry::Phase;
use crate::metrics::RunStatus;
use crate::refused::Refused;
use crate::run_core::RunCore;
use crate::shown::shown;
use crate::turn::Turn;
use crate::work::{Work, because};

/// A run of an agent: a guard that records how it ends. It is owned, and goes into a spawned task.
///
/// What runs in it ([`instrument`](Self::instrument), or a turn's or tool call's) is within its scope: tokens and cost that
/// are reported there count for the agent and the task, those of a sub-agent's run for the sub-agent and both tasks.
///
/// A guard that is dropped before its end, by a cancelled future or an early return, ends the run as `cancelled`; a panic
/// ends it as `failed`.
#[must_use = "dropped at once, the run counts as cancelled"]
pub struct Run {
    core: Arc<RunCore>,
    work: Work,
    /// Why it fails, if it does.
    why: Option<String>,
}

impl Run {
    pub(crate) fn new(core: RunCore, work: Work) -> Self {
        Self { core: Arc::new(core), work, why: None }
    }

    /// The run's span, `agent.run`.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        self.work.operation.span()
    }

    /// The run's OpenTelemetry context, with its scope and its conversation.
    #[must_use]
    pub fn context(&self) -> Context {
        self.work.context().clone()
    }

    /// The run's scope, for what is spent by something that does not run within it: the callback of a child process.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.core.scope
    }

    /// Runs a future within the run's span and scope.
    pub fn instrument<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        self.work.instrument(future)
    }

    /// Runs `work` within the run's span and scope.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        self.work.in_scope(work)
    }

    /// How many turns it has had.
    #[must_use]
    pub fn turns(&self) -> u32 {
        self.core.turns.load(Ordering::Relaxed)
    }

    /// How many turns it may have.
    #[must_use]
    pub fn max_turns(&self) -> Option<u32> {
        self.core.max_turns
    }

    /// What it has cost in US dollars, without its sub-agents; `None` where no cost is known.
    #[must_use]
    pub fn cost_usd(&self) -> Option<f64> {
        self.core.ledger.own.usd()
    }

    /// Reports what the run has spent, where nothing else does.
    pub fn spent(&self, spent: &Spent) {
        self.core.scope.report(spent);
    }

    /// Notes that the agent does something, for work that neither starts turns nor calls tools or models for long: its last
    /// activity is now.
    pub fn touch(&self) {
        self.core.activity.touch();
    }

    /// The run is ready: its agent is `running`. A first turn says so, too.
    pub fn ready(&self) {
        let _is_ready = self.core.go(Phase::Running, |phase| (phase != Phase::Starting).then_some(Refused::Busy));
    }

    /// The run waits for somebody: its agent is `paused`, and counts as running no longer. It keeps its place among the
    /// concurrent ones.
    pub fn pause(&self) {
        let _is_paused = self.try_pause();
    }

    /// [`pause`](Self::pause), unless it is paused.
    ///
    /// # Errors
    ///
    /// [`Refused::Paused`].
    pub fn try_pause(&self) -> Result<(), Refused> {
        self.core.go(Phase::Paused, |phase| (phase == Phase::Paused).then_some(Refused::Paused))
    }

    /// The run goes on after a pause.
    pub fn resume(&self) {
        let _goes_on = self.try_resume();
    }

    /// [`resume`](Self::resume), where it is paused.
    ///
    /// # Errors
    ///
    /// [`Refused::NotPaused`].
    pub fn try_resume(&self) -> Result<(), Refused> {
        self.core.go(Phase::Running, |phase| (phase != Phase::Paused).then_some(Refused::NotPaused))
    }

    /// Starts the next turn, whose span is `agent.turn.{n}`. A run that was starting or paused is running from now on. One
    /// beyond the turn limit is a turn all the same.
    pub fn turn(&self) -> Turn {
        if self.core.phase() != Phase::Running {
            let _runs = self.core.go(Phase::Running, |phase| (phase == Phase::Running).then_some(Refused::Busy));
        }
        let number = self.core.count_turn(u32::MAX).unwrap_or(u32::MAX);
        Turn::start(Arc::clone(&self.core), self.work.context(), number)
    }

    /// [`turn`](Self::turn), where the run may have another.
    ///
    /// # Errors
    ///
    /// [`Refused::TurnLimit`], upon which the run should end by [`reach_turn_limit`](Self::reach_turn_limit), and
    /// [`Refused::Paused`].
    pub fn try_turn(&self) -> Result<Turn, Refused> {
        if self.core.phase() == Phase::Paused {
            return Err(Refused::Paused);
        }
        let number = self.core.count_turn(self.core.max_turns.unwrap_or(u32::MAX))?;
        self.ready();
        Ok(Turn::start(Arc::clone(&self.core), self.work.context(), number))
    }

    /// Says why, for a failure that follows: what the error and its causes say, masked and cut, becomes the span's status and
    /// stands in the log record. It must be no content.
    pub fn because(mut self, error: &dyn Error) -> Self {
        self.why = self.work.why(error);
        self
    }

    /// Ends the run: it did what it was asked to.
    pub fn complete(mut self) {
        self.end(RunStatus::Completed, End::success(RunStatus::Completed.as_str()));
    }

    /// Ends the run as failed, which counts as an `AGENT_EXECUTION_ERROR`.
    pub fn fail(self) {
        self.fail_as("agent_execution_error");
    }

    /// [`fail`](Self::fail), with an `error.type` of a few words' choice. It must hold no content.
    pub fn fail_as(mut self, error_type: &str) {
        let why = self.why.take();
        self.end(RunStatus::Failed, because(End::fatal(RunStatus::Failed.as_str(), error_type), why.as_deref()));
    }

    /// Ends the run at its turn limit: it is not done, and nothing has failed.
    pub fn reach_turn_limit(mut self) {
        let status = RunStatus::TurnLimit;
        let end = End::failure(status.as_str(), status.as_str()).describing("it has had as many turns as it may");
        self.end(status, end);
    }

    /// Ends the run as cancelled on request, as dropping it does.
    pub fn cancel(mut self) {
        self.end_cancelled();
    }

    fn end_cancelled(&mut self) {
        self.end(RunStatus::Cancelled, End::cancelled(RunStatus::Cancelled.as_str()));
    }

    fn end(&mut self, status: RunStatus, end: End<'_>) {
        let core = &*self.core;
        let turns = i64::from(core.turns.load(Ordering::Relaxed));
        let elapsed = self.work.operation.end_with(&end, |span| {
            span.record("outcome", end.outcome()).record("turns", turns);
            if let Some(usd) = core.ledger.own.usd() {
                span.record("cost_usd", usd);
            }
        });
        let Some(elapsed) = elapsed else { return };
        {
            let mut board = core.agent.project.board();
            board.end_run(&core.agent.id, core.phase(), status);
        }
        core.inner().agents.at(core.metrics).runs.at(status).add(1);
        if status == RunStatus::Failed {
            core.inner().errors.record(Errors::AGENT_EXECUTION_ERROR, Component::Agent);
        }
        end_event!(
            self.work.operation,
            end,
            elapsed,
            {
                project_id = &*shown(core.project_id()),
                agent_id = &*shown(&core.agent.id),
                task_id = core.task_id().map(shown).as_deref(),
                turn_count = turns,
                cost_usd = core.ledger.own.usd()
            },
            "agent run ended",
            "agent execution failed"
        );
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        match self.work.operation.dropped() {
            None => {}
            Some(Dropped::Cancelled) => self.end_cancelled(),
            Some(Dropped::Panicked) => self.end(RunStatus::Failed, End::panicked(RunStatus::Failed.as_str())),
        }
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("agent", &self.core.agent)
            .field("task", &self.core.task)
            .field("turns", &self.turns())
            .finish_non_exhaustive()
    }
}
