//! What a run, its turns and their tool calls share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use telemetry_core::EntityId;
use telemetry_core::scope::Scope;
use tracing::warn;

use crate::activity::Activity;
use crate::agent::Agent;
use crate::agent_entry::{Phase, PhaseCell};
use crate::inner::Inner;
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
    pub(crate) activity: Arc<Activity>,
    pub(crate) turns: AtomicU32,
    pub(crate) max_turns: Option<u32>,
    pub(crate) is_warned: AtomicBool,
    pub(crate) phase: PhaseCell,
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

    /// Goes to a phase, unless it cannot be from the one that it is in.
    pub(crate) fn go(&self, to: Phase, refuse: impl FnOnce(Phase) -> Option<Refused>) -> Result<(), Refused> {
        let mut board = self.agent.project.board();
        let phase = self.phase.get();
        match refuse(phase) {
            Some(refused) => Err(refused),
            None => {
                self.phase.set(to);
                board.change_phase(&self.agent.id, phase, to);
                Ok(())
            }
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// Counts a turn, and returns its number; refused beyond that many.
    pub(crate) fn count_turn(&self, most: u32) -> Result<u32, Refused> {
        let next = |turns: u32| (turns < most).then(|| turns.saturating_add(1));
        let turns = self.turns.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        let turn =
            turns.map(|before| before.saturating_add(1)).map_err(|turns| Refused::TurnLimit { turns, max: most })?;
        if let Some(task) = &self.task {
            task.cell.count_turn();
        }
        self.inner().agents.at(self.metrics).turns.add(1);
        self.activity.at_turn(turn, self.max_turns);
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
