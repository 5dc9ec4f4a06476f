//! What a run, its turns and their tool calls share.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;

use telemetry_core::EntityId;
use telemetry_core::scope::Scope;
use tracing::warn;

use crate::agent::Agent;
use crate::agent_entry::Phase;
use crate::inner::Inner;
use crate::live_run::LiveRun;
use crate::metrics::AgentMetrics;
use crate::refused::Refused;
use crate::run_ledger::RunLedger;
use crate::shown::shown;
use crate::task::Task;

/// What a run, its turns and their tool calls share.
pub(crate) struct RunCore {
    pub(crate) agent: Agent,
    pub(crate) task: Option<Task>,
    pub(crate) metrics: EntityId<AgentMetrics>,
    pub(crate) ledger: Arc<RunLedger>,
    pub(crate) scope: Scope,
    pub(crate) live: Weak<LiveRun>,
    pub(crate) turns: AtomicU32,
    pub(crate) max_turns: Option<u32>,
    pub(crate) is_warned: AtomicBool,
    pub(crate) phase: Mutex<Phase>,
}

impl RunCore {
    pub(crate) fn inner(&self) -> &Inner {
        &self.agent.inner
    }

    pub(crate) fn project_id(&self) -> &str {
        &self.agent.project.id
    }

    pub(crate) fn task_id(&self) -> Option<&str> {
        self.task.as_ref().map(Task::id)
    }

    /// Notes that the agent does something.
    pub(crate) fn touch(&self) {
        if let Some(live) = self.live.upgrade() {
            live.touch();
        }
    }

    /// Notes that the agent did something at a time that is known.
    pub(crate) fn touch_at(&self, time: Instant) {
        if let Some(live) = self.live.upgrade() {
            live.touch_at(time);
        }
    }

    /// Goes to a phase, unless it cannot be from the one that it is in.
    pub(crate) fn go(&self, to: Phase, refuse: impl FnOnce(Phase) -> Option<Refused>) -> Result<(), Refused> {
        let mut board = self.agent.project.board();
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        match refuse(*phase) {
            Some(refused) => Err(refused),
            None => {
                board.change_phase(&self.agent.id, std::mem::replace(&mut *phase, to), to);
                Ok(())
            }
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a turn, and returns its number; refused beyond that many.
    pub(crate) fn count_turn(&self, most: u32) -> Result<u32, Refused> {
        let next = |turns: u32| (turns < most).then(|| turns.saturating_add(1));
        let turns = self.turns.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        let turn =
            turns.map(|before| before.saturating_add(1)).map_err(|turns| Refused::TurnLimit { turns, max: most })?;
        if let Some(task) = &self.task {
            task.project.board().count_turn(&task.cell);
        }
        self.inner().agents.at(self.metrics).turns.add(1);
        if let Some(live) = self.live.upgrade() {
            live.at_turn(turn, self.max_turns);
            live.touch();
        }
        self.warn_of_limit(turn);
        Ok(turn)
    }

    fn warn_of_limit(&self, turn: u32) {
        let Some(max) = self.max_turns else { return };
        let is_near = f64::from(turn) >= self.inner().settings.turn_limit_warning * f64::from(max);
        if is_near && !self.is_warned.swap(true, Ordering::Relaxed) {
            let (project_id, agent_id) = (shown(self.project_id()), shown(&self.agent.id));
            let task_id = self.task_id().map(shown);
            warn!(
                project_id = &*project_id,
                agent_id = &*agent_id,
                task_id = task_id.as_deref(),
                current = i64::from(turn),
                max = i64::from(max),
                "agent approaching turn limit"
            );
        }
    }
}
