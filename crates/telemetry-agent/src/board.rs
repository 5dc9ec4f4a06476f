//! What there is in one project, counted as it changes: all that the gauges show comes from here.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::SpanContext;
use telemetry_core::{Label as _, Live};

use crate::activity::Activity;
use crate::agent_entry::{AgentEntry, Phase};
use crate::metrics::{AgentGauges, AgentStatus, Column, ProjectGauges, RunGauges, RunStatus, SessionGauges};
use crate::refused::Refused;
use crate::session_entry::{SessionCell, SessionEntry};
use crate::since::Since;
use crate::task_cell::{Moved, RestoredTask, TaskCell, TaskEntry};

/// What a project has in it.
#[derive(Default)]
pub(crate) struct Board {
    agents: HashMap<Arc<str>, AgentEntry>,
    tasks: HashMap<Arc<str>, TaskEntry>,
    sessions: HashMap<Arc<str>, SessionEntry>,
    counts: Counts,
    /// Runs under way.
    runs: u32,
    /// Whether it was said that as many run as may, since fewer did.
    limit_said: bool,
    /// Its series, until it is removed.
    pub(crate) gauges: Option<Live<ProjectGauges>>,
    pub(crate) is_gone: bool,
}

/// How many there are of what.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) agents: [u64; AgentStatus::ALL.len()],
    pub(crate) tasks: [u64; Column::ALL.len()],
    pub(crate) queued: u64,
    pub(crate) sessions: u64,
    pub(crate) max_concurrent: Option<u32>,
}

/// What follows from a run's start for its task.
#[derive(Debug)]
pub(crate) struct TakenUp {
    pub(crate) moved: Option<Moved>,
    /// How long it waited in the queue, where it was not moved.
    pub(crate) queue_wait: Option<Duration>,
    /// Who asked for it.
    pub(crate) asked_by: Option<SpanContext>,
}

/// A project's limit that is reached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LimitReached {
    pub(crate) running: u32,
    pub(crate) max: u32,
    pub(crate) queued: u64,
    /// Whether this is the first since it was not.
    pub(crate) is_new: bool,
}

impl Counts {
    /// Both together, without a limit: that of one is none of the other's.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.agents.iter_mut().zip(other.agents).for_each(|(sum, more)| *sum += more);
        self.tasks.iter_mut().zip(other.tasks).for_each(|(sum, more)| *sum += more);
        self.queued += other.queued;
        self.sessions += other.sessions;
        Self { max_concurrent: None, ..self }
    }
}

impl Board {
    pub(crate) fn counts(&self) -> Counts {
        Counts { sessions: self.sessions.len() as u64, ..self.counts }
    }

    pub(crate) fn set_max_concurrent(&mut self, max: Option<u32>) {
        self.counts.max_concurrent = max;
        self.limit_said = false;
    }

    /// Ends it, with all that is in it.
    pub(crate) fn clear(&mut self) {
        *self = Self { is_gone: true, ..Self::default() };
    }

    /// Takes a handle of an agent, which is made if there is none. A project that is gone has no agents any more.
    pub(crate) fn enter_agent(&mut self, id: &Arc<str>, live: impl FnOnce() -> Live<AgentGauges>) {
        if self.is_gone {
            return;
        }
        match self.agents.entry(Arc::clone(id)) {
            Entry::Occupied(mut entry) => entry.get_mut().handles += 1,
            Entry::Vacant(place) => {
                self.counts.agents[AgentStatus::Idle.index()] += 1;
                place.insert(AgentEntry::new(live()));
            }
        }
    }

    /// Gives a handle of an agent back; the agent ends with the last.
    pub(crate) fn leave_agent(&mut self, id: &str) {
        let Some(entry) = self.agents.get_mut(id) else { return };
        entry.handles -= 1;
        if entry.handles == 0 {
            self.counts.agents[entry.status().index()] -= 1;
            self.agents.remove(id);
        }
    }

    /// What an agent is doing; `None` where it is not there any more.
    pub(crate) fn agent_status(&self, id: &str) -> Option<AgentStatus> {
        self.agents.get(id).map(AgentEntry::status)
    }

    /// Says what an agent does while it has no run.
    pub(crate) fn rest(&mut self, id: &str, status: AgentStatus) {
        self.change_agent(id, |agent| agent.rest = status);
    }

    fn change_agent<T>(&mut self, id: &str, change: impl FnOnce(&mut AgentEntry) -> T) -> Option<T> {
        let agent = self.agents.get_mut(id)?;
        let before = agent.status();
        let result = change(agent);
        let after = agent.status();
        agent.show();
        self.counts.agents[before.index()] -= 1;
        self.counts.agents[after.index()] += 1;
        Some(result)
    }

    /// Whether another run may start of the agent, as far as the agent is concerned.
    pub(crate) fn may_run(&self, agent_id: &str) -> Result<(), Refused> {
        match self.agents.get(agent_id) {
            None => Err(Refused::Gone),
            Some(agent) if agent.is_busy() => Err(Refused::Busy),
            Some(_) => Ok(()),
        }
    }

    /// Whether as many run as may.
    pub(crate) fn limit_reached(&mut self) -> Option<LimitReached> {
        let max = self.counts.max_concurrent.filter(|max| self.runs >= *max)?;
        let is_new = !std::mem::replace(&mut self.limit_said, true);
        Some(LimitReached { running: self.runs, max, queued: self.counts.queued, is_new })
    }

    /// Starts a run of an agent. Its series are the run's for as long as one is under way.
    pub(crate) fn begin_run(
        &mut self,
        agent_id: &str,
        live: impl FnOnce() -> Live<RunGauges>,
    ) -> Option<Arc<Activity>> {
        let live = self.change_agent(agent_id, |agent| agent.begin(live));
        self.runs += u32::from(live.is_some());
        live
    }

    pub(crate) fn change_phase(&mut self, agent_id: &str, from: Phase, to: Phase) {
        self.change_agent(agent_id, |agent| agent.change_phase(from, to));
    }

    pub(crate) fn end_run(&mut self, agent_id: &str, phase: Phase, status: RunStatus) {
        let ended = self.change_agent(agent_id, |agent| agent.end(phase, status));
        self.runs -= u32::from(ended.is_some());
        if self.counts.max_concurrent.is_none_or(|max| self.runs < max) {
            self.limit_said = false;
        }
    }

    /// Makes a task; where there is one of that id, it is that one, and `Err`.
    pub(crate) fn enter_task(&mut self, id: &str, restored: &RestoredTask) -> Result<Arc<TaskCell>, Arc<TaskCell>> {
        if let Some(known) = self.tasks.get(id) {
            return Err(Arc::clone(&known.cell));
        }
        let entry = TaskEntry::new(id, restored);
        let cell = Arc::clone(&entry.cell);
        if !self.is_gone {
            self.counts.tasks[entry.column.index()] += 1;
            self.counts.queued += u64::from(entry.queued.is_some());
            self.tasks.insert(Arc::clone(&cell.id), entry);
        }
        Ok(cell)
    }

    pub(crate) fn task(&self, id: &str) -> Option<Arc<TaskCell>> {
        self.tasks.get(id).map(|task| Arc::clone(&task.cell))
    }

    /// The task, unless it was removed, or another one is under its id by now.
    pub(crate) fn entry(&self, cell: &Arc<TaskCell>) -> Option<&TaskEntry> {
        self.tasks.get(&cell.id).filter(|task| Arc::ptr_eq(&task.cell, cell))
    }

    fn entry_mut(&mut self, cell: &Arc<TaskCell>) -> Option<&mut TaskEntry> {
        self.tasks.get_mut(&cell.id).filter(|task| Arc::ptr_eq(&task.cell, cell))
    }

    /// Moves a task, wherever to; `None` where it is not there any more, or in that column already.
    pub(crate) fn move_task(&mut self, cell: &Arc<TaskCell>, to: Column) -> Option<Moved> {
        let entry = self.entry_mut(cell).filter(|entry| entry.column != to)?;
        let was_queued = entry.queued.is_some();
        let moved = entry.go(to);
        self.counts.queued -= u64::from(was_queued);
        self.counts.tasks[moved.from.index()] -= 1;
        self.counts.tasks[to.index()] += 1;
        Some(moved)
    }

    /// Puts a task into the queue; false where it cannot be put there.
    pub(crate) fn enqueue(&mut self, cell: &Arc<TaskCell>) -> bool {
        let entry = self.entry_mut(cell).filter(|entry| entry.queued.is_none() && entry.column.is_to_be_done());
        let Some(entry) = entry else { return false };
        entry.queued = Some(Since::now());
        self.counts.queued += 1;
        true
    }

    /// Moves a task back to whoever works on it, and notes who wants that: whoever takes it up then learns it, however soon.
    pub(crate) fn send_back(&mut self, cell: &Arc<TaskCell>, by: Option<SpanContext>) -> Option<Moved> {
        let moved = self.move_task(cell, Column::InProgress)?;
        self.ask(cell, by);
        Some(moved)
    }

    /// Notes who asked for the next run of a task.
    pub(crate) fn ask(&mut self, cell: &Arc<TaskCell>, by: Option<SpanContext>) {
        if let (Some(entry), Some(by)) = (self.entry_mut(cell), by) {
            entry.asked_by = Some(by);
        }
    }

    /// Takes a task out of the queue, and tells how long it waited.
    pub(crate) fn dequeue(&mut self, cell: &Arc<TaskCell>) -> Option<Duration> {
        let waited = self.entry_mut(cell)?.queued.take()?.elapsed();
        self.counts.queued -= 1;
        Some(waited)
    }

    /// A run of a task starts: what is in the backlog is in progress from now on, and what waits in the queue does so no
    /// longer.
    pub(crate) fn take_up(&mut self, cell: &Arc<TaskCell>) -> TakenUp {
        let asked_by = self.entry_mut(cell).and_then(|task| task.asked_by.take());
        if self.entry(cell).is_some_and(|task| task.column == Column::Backlog) {
            TakenUp { moved: self.move_task(cell, Column::InProgress), queue_wait: None, asked_by }
        } else {
            TakenUp { moved: None, queue_wait: self.dequeue(cell), asked_by }
        }
    }

    /// Removes a task; false where it is not there any more.
    pub(crate) fn remove_task(&mut self, cell: &Arc<TaskCell>) -> bool {
        let Some(entry) = self.entry(cell) else { return false };
        let (column, queued) = (entry.column, entry.queued.is_some());
        self.counts.tasks[column.index()] -= 1;
        self.counts.queued -= u64::from(queued);
        self.tasks.remove(&cell.id);
        true
    }

    /// The session of that id, which is made if there is none, and whether it is new.
    pub(crate) fn enter_session(
        &mut self,
        id: &str,
        live: impl FnOnce() -> Live<SessionGauges>,
    ) -> (Arc<SessionCell>, bool) {
        if let Some(known) = self.session(id) {
            return (known, false);
        }
        if self.is_gone {
            return (Arc::new(SessionCell { id: id.into() }), false);
        }
        let entry = SessionEntry::new(id, live());
        let cell = Arc::clone(&entry.cell);
        self.sessions.insert(Arc::clone(&cell.id), entry);
        (cell, true)
    }

    pub(crate) fn session(&self, id: &str) -> Option<Arc<SessionCell>> {
        self.sessions.get(id).map(|session| Arc::clone(&session.cell))
    }

    /// The session, unless it has ended, or another one is active under its id by now.
    pub(crate) fn session_mut(&mut self, cell: &Arc<SessionCell>) -> Option<&mut SessionEntry> {
        self.sessions.get_mut(&cell.id).filter(|session| Arc::ptr_eq(&session.cell, cell))
    }

    /// Ends a session; false where it has ended before.
    pub(crate) fn remove_session(&mut self, cell: &Arc<SessionCell>) -> bool {
        self.session_mut(cell).is_some() && self.sessions.remove(&cell.id).is_some()
    }
}
