//! An agent: what it is doing, from its runs.

use std::fmt;
use std::sync::Arc;

use telemetry_core::Lease;

use crate::inner::Inner;
use crate::metrics::{AgentGaugesKey, AgentStatus};
use crate::project_state::ProjectState;

/// An agent: a guard. The agent is there for as long as one of its guards or runs is held, and idle without a run.
///
/// Its status follows from its runs: `starting`, `running`, `paused`, and after the last one `completed`, `error` (it failed,
/// or came to its turn limit) or `idle` (it was given up). Of an agent that has several runs at once, one that runs counts before one that starts, and
/// that before one that is paused.
#[must_use = "the agent ends when this is dropped"]
pub struct Agent {
    pub(crate) inner: Lease<Inner>,
    pub(crate) project: Arc<ProjectState>,
    pub(crate) id: Arc<str>,
}

impl Agent {
    pub(crate) fn enter(inner: Lease<Inner>, project: Arc<ProjectState>, id: Arc<str>) -> Self {
        let live = || inner.agent_gauges.live(AgentGaugesKey { project_id: &project.id, agent_id: &id });
        project.board().enter_agent(&id, live);
        Self { inner, project, id }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is doing; `None` once its project was removed.
    #[must_use]
    pub fn status(&self) -> Option<AgentStatus> {
        self.project.board().agent_status(&self.id)
    }

    /// Says what it is at while it has no run: as an application's store has it after a restart, or `idle` once somebody
    /// has looked at an error. `starting` and `running` come from runs, so that they are taken as `idle` here.
    pub fn set_resting(&self, status: AgentStatus) {
        let status = match status {
            AgentStatus::Starting | AgentStatus::Running => AgentStatus::Idle,
            resting => resting,
        };
        self.project.board().rest(&self.id, status);
    }
}

impl Clone for Agent {
    fn clone(&self) -> Self {
        Self::enter(self.inner.clone(), Arc::clone(&self.project), Arc::clone(&self.id))
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.project.board().leave_agent(&self.id);
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { project, id, .. } = self;
        f.debug_struct("Agent").field("project", &project.id).field("id", id).finish_non_exhaustive()
    }
}
