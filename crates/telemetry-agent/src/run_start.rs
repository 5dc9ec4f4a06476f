//! A run of an agent before its start: of which task, how long it may be, and whether it may start at all.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32};

use opentelemetry::Context;
use opentelemetry::trace::SpanContext;
use telemetry_core::{Component, Errors, Live, conversation, operation_span, propagation, scope};
use tracing::field::Empty;
use tracing::{Span, info, warn};

use crate::activity::Activity;
use crate::agent::Agent;
use crate::agent_entry::{Phase, PhaseCell};
use crate::board::LimitReached;
use crate::metrics::{AgentMetricsKey, RunGauges, RunGaugesKey};
use crate::refused::Refused;
use crate::run::Run;
use crate::run_core::RunCore;
use crate::run_ledger::RunLedger;
use crate::shown::shown;
use crate::spending::Spending;
use crate::task::Task;
use crate::telling::tell_move;
use crate::work::Work;

/// A run of an agent, about to start. [`start`](Self::start) starts it.
#[derive(Clone, Copy)]
#[must_use = "a run starts with `start`"]
pub struct RunStart<'a> {
    agent: &'a Agent,
    task: Option<&'a Task>,
    max_turns: Option<u32>,
    turns: u32,
    conversation: Option<&'a str>,
}

impl Agent {
    /// Starts a run of a task: [`prepare`](Self::prepare)`().task(…).`[`start()`](RunStart::start). Whether it may, nobody
    /// asks: an agent that has a run has two, and a project over its limit is over it.
    pub fn run(&self, task: &Task) -> Run {
        self.prepare().task(task).start()
    }

    /// [`run`](Self::run), where it may start.
    ///
    /// # Errors
    ///
    /// As [`RunStart::try_start`].
    pub fn try_run(&self, task: &Task) -> Result<Run, Refused> {
        self.prepare().task(task).try_start()
    }

    /// Prepares a run: what more is known of it.
    pub fn prepare(&self) -> RunStart<'_> {
        RunStart { agent: self, task: None, max_turns: self.inner.settings.max_turns, turns: 0, conversation: None }
    }
}

impl<'a> RunStart<'a> {
    /// The task that it is of. One in the backlog is in progress from the start on; one that waits in the queue waits no
    /// longer. The run's span links to the one within which the task was asked for: put into the queue, rejected, or else
    /// created.
    pub fn task(self, task: &'a Task) -> Self {
        Self { task: Some(task), ..self }
    }

    /// How many turns it may have; as the settings say (`agent.max_turns`), unless that is said.
    pub fn max_turns(self, turns: u32) -> Self {
        Self { max_turns: Some(turns), ..self }
    }

    /// It goes on where it was before a restart, after so many turns, which are counted already.
    pub fn after_turns(self, turns: u32) -> Self {
        Self { turns, ..self }
    }

    /// The conversation that all of it is part of, for `gen_ai.conversation.id`: the id of a session, as a rule. Where it is
    /// not set, it is that of the caller's context.
    pub fn conversation(self, id: &'a str) -> Self {
        Self { conversation: Some(id), ..self }
    }

    /// Starts the run: its agent is `running`.
    pub fn start(self) -> Run {
        let run = self.open();
        run.ready();
        run
    }

    /// Starts a run that has to be made ready first: its agent is `starting`, until [`Run::ready`] or the first turn.
    pub fn begin(self) -> Run {
        self.open()
    }

    /// [`start`](Self::start), where it may.
    ///
    /// # Errors
    ///
    /// - [`Refused::ConcurrencyLimit`] where as many agents of the project run as may. That is counted as
    ///   `CONCURRENCY_LIMIT_EXCEEDED`, and logged once until fewer run.
    /// - [`Refused::Busy`] where the agent has a run under way.
    /// - [`Refused::NotToBeDone`] where the task waits for approval, or is verified.
    /// - [`Refused::Gone`] where the task or the project was removed.
    pub fn try_start(self) -> Result<Run, Refused> {
        let run = self.try_begin()?;
        run.ready();
        Ok(run)
    }

    /// [`begin`](Self::begin), where it may.
    ///
    /// # Errors
    ///
    /// As [`try_start`](Self::try_start).
    pub fn try_begin(self) -> Result<Run, Refused> {
        if let Some(task) = self.task {
            let column = task.column().ok_or(Refused::Gone)?;
            if !column.is_to_be_done() {
                return Err(Refused::NotToBeDone { column });
            }
        }
        let activity = self.take_place()?;
        Ok(self.make(activity))
    }

    fn open(self) -> Run {
        let Agent { project, id, .. } = self.agent;
        let (limit, activity) = {
            let mut board = project.board();
            (board.limit_reached(), board.begin_run(id, || self.gauges()))
        };
        if let Some(limit) = limit {
            self.tell_limit(&limit);
        }
        // A project that is gone shows nothing any more.
        self.make(activity.unwrap_or_else(Activity::begin))
    }

    /// Takes one of the project's places, or is told why not.
    fn take_place(&self) -> Result<Arc<Activity>, Refused> {
        let Agent { project, id, .. } = self.agent;
        let mut board = project.board();
        board.may_run(id)?;
        if let Some(limit) = board.limit_reached() {
            drop(board);
            self.tell_limit(&limit);
            return Err(Refused::ConcurrencyLimit { running: limit.running, max: limit.max });
        }
        board.begin_run(id, || self.gauges()).ok_or(Refused::Gone)
    }

    fn gauges(&self) -> Live<RunGauges> {
        let Agent { inner, project, id } = self.agent;
        inner.run_gauges.live(RunGaugesKey { project_id: &project.id, agent_id: id })
    }

    fn tell_limit(&self, limit: &LimitReached) {
        let Agent { inner, project, .. } = self.agent;
        inner.errors.record(Errors::CONCURRENCY_LIMIT_EXCEEDED, Component::Agent);
        if limit.is_new {
            let queued = i64::try_from(limit.queued).unwrap_or(i64::MAX);
            warn!(
                project_id = &*shown(&project.id),
                current = i64::from(limit.running),
                max = i64::from(limit.max),
                queued,
                "concurrency limit reached"
            );
        }
    }

    /// The run, which has its place.
    fn make(self, activity: Arc<Activity>) -> Run {
        let Agent { inner, project, id } = self.agent;
        activity.at_turn(self.turns, self.max_turns);
        let asked_by = self.take_up();
        let agent = inner.agents.find(AgentMetricsKey { project_id: &project.id, agent_id: id });
        let (of_ledger, own) = (Arc::clone(&activity), Spending::of(None));
        let ledger = Arc::new(RunLedger { inner: inner.clone(), agent, activity: of_ledger, own });
        let (context, scope) = self.scope(&ledger);
        let work = Work::start(&context, || self.span());
        if let Some(asked_by) = asked_by {
            work.operation.span().link(&asked_by);
        }
        let core = RunCore {
            agent: self.agent.clone(),
            task: self.task.cloned(),
            metrics: agent,
            ledger,
            scope,
            activity,
            turns: AtomicU32::new(self.turns),
            max_turns: self.max_turns,
            is_warned: AtomicBool::new(false),
            phase: PhaseCell::new(Phase::Starting),
        };
        let run = Run::new(core, work);
        // It has its place by now, and gives it back when it is dropped.
        run.in_scope(|| {
            info!(
                project_id = &*shown(&project.id),
                agent_id = &*shown(id),
                task_id = self.task.map(|task| shown(task.id())).as_deref(),
                conversation_id = self.conversation.map(shown).as_deref(),
                "agent started"
            );
        });
        run
    }

    /// Tells the task that a run of it starts, and learns who asked for it.
    fn take_up(&self) -> Option<SpanContext> {
        let task = self.task?;
        let taken = task.project.board().take_up(&task.cell);
        if let Some(moved) = taken.moved {
            tell_move(&task.inner, &task.project.id, task.id(), &moved);
        }
        if let Some(wait) = taken.queue_wait {
            task.inner.projects.get(&task.project.id).queue_wait.record(wait.as_secs_f64());
        }
        taken.asked_by
    }

    /// The scope of the run within the caller's, the task's around it, and the context with both and the conversation.
    fn scope(&self, ledger: &Arc<RunLedger>) -> (Context, scope::Scope) {
        let within = self.conversation.map_or_else(propagation::current, conversation::within);
        let _attached = within.attach();
        let ledger: Arc<RunLedger> = Arc::clone(ledger);
        let scope = match self.task {
            Some(task) => scope::open(Arc::clone(&task.cell.ledger) as Arc<dyn scope::Ledger>).open(ledger),
            None => scope::open(ledger),
        };
        (scope.within(&Context::current()), scope)
    }

    fn span(&self) -> Span {
        let Agent { project, id, .. } = self.agent;
        operation_span!(
            "agent.run",
            project_id = &*shown(&project.id),
            agent_id = &*shown(id),
            task_id = self.task.map(|task| shown(task.id())).as_deref(),
            max_turns = self.max_turns.map(i64::from),
            turns = Empty,
            cost_usd = Empty,
            gen_ai.operation.name = "invoke_agent",
            gen_ai.agent.id = &*shown(id),
            gen_ai.agent.name = &*shown(id),
            gen_ai.conversation.id = conversation::current().as_deref(),
        )
    }
}

impl fmt::Debug for RunStart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunStart")
            .field("agent", self.agent)
            .field("task", &self.task)
            .field("max_turns", &self.max_turns)
            .finish_non_exhaustive()
    }
}
