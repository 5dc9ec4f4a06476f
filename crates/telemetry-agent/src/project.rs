//! A project: the agents, tasks and sessions in it.

use std::fmt;
use std::sync::Arc;

use telemetry_core::Lease;
use tracing::info;

use crate::agent::Agent;
use crate::asked;
use crate::inner::Inner;
use crate::metrics::Column;
use crate::project_state::ProjectState;
use crate::refused::Refused;
use crate::session::Session;
use crate::shown::shown;
use crate::task::Task;
use crate::task_cell::RestoredTask;

/// A project: a handle, cheap to clone. The project is there until it is [removed](Self::remove).
#[derive(Clone)]
pub struct Project {
    inner: Lease<Inner>,
    state: Arc<ProjectState>,
}

impl Project {
    pub(crate) fn new(inner: Lease<Inner>, state: Arc<ProjectState>) -> Self {
        Self { inner, state }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.state.id
    }

    /// Says how many agents of it may run at once; `None` for as many as there are. Until then it is what the settings say
    /// (`agent.max_concurrent`).
    pub fn set_max_concurrent(&self, agents: Option<u32>) {
        self.state.board().set_max_concurrent(agents);
    }

    /// An agent of it: idle, until a run of it starts, and there for as long as a handle or a run of it is held.
    ///
    /// ```
    /// # use telemetry_agent::Agents;
    /// # let project = Agents::global().create_project("storefront");
    /// let coder = project.agent("coder");
    /// let task = project.create_task("fix-the-cart");
    /// match coder.try_run(&task) {
    ///     Ok(run) => run.complete(),
    ///     Err(_too_many_run) => task.enqueue(),
    /// }
    /// ```
    #[must_use = "the agent ends when this is dropped"]
    pub fn agent(&self, id: &str) -> Agent {
        Agent::enter(self.inner.clone(), Arc::clone(&self.state), id.into())
    }

    /// Creates a task, which is counted, in the backlog. Where there is one of that id, it is that one, and nothing is
    /// counted.
    ///
    /// A task is there until it is [removed](Task::remove): also one that is verified.
    pub fn create_task(&self, id: &str) -> Task {
        let (task, _) = self.create(id);
        task
    }

    /// [`create_task`](Self::create_task), unless there is one of that id.
    ///
    /// # Errors
    ///
    /// [`Refused::Exists`], and [`Refused::Gone`] where the project was removed.
    pub fn try_create_task(&self, id: &str) -> Result<Task, Refused> {
        let (task, refused) = self.create(id);
        refused.map_or(Ok(task), Err)
    }

    fn create(&self, id: &str) -> (Task, Option<Refused>) {
        let asked_by = asked::here();
        let mut board = self.state.board();
        let is_gone = board.is_gone;
        let entered = board.enter_task(id, &RestoredTask::new(Column::Backlog));
        if let Ok(cell) = &entered {
            board.ask(cell, asked_by);
        }
        drop(board);
        let refused = if is_gone { Some(Refused::Gone) } else { entered.is_err().then_some(Refused::Exists) };
        if refused.is_none() {
            self.inner.projects.get(&self.state.id).tasks_created.add(1);
            info!(project_id = &*shown(&self.state.id), task_id = &*shown(id), "task created");
        }
        let (Ok(cell) | Err(cell)) = entered;
        (Task::new(self.inner.clone(), Arc::clone(&self.state), cell), refused)
    }

    /// Makes a task known that the application's store has, after a restart: it is there, and counted neither as created
    /// nor as started or completed. Where there is one of that id, it is that one.
    pub fn restore_task(&self, id: &str, task: RestoredTask) -> Task {
        let (Ok(cell) | Err(cell)) = self.state.board().enter_task(id, &task);
        Task::new(self.inner.clone(), Arc::clone(&self.state), cell)
    }

    /// The task of that id, if there is one.
    #[must_use]
    pub fn task(&self, id: &str) -> Option<Task> {
        let cell = self.state.board().task(id)?;
        Some(Task::new(self.inner.clone(), Arc::clone(&self.state), cell))
    }

    /// Creates a session. Where there is one of that id, it is that one.
    ///
    /// A session is there until it [ends](Session::end). What is shown of sessions tells them apart by their ids alone: no two
    /// projects should have one of the same id.
    pub fn create_session(&self, id: &str) -> Session {
        let (session, is_new) = Session::enter(self.inner.clone(), Arc::clone(&self.state), id);
        if is_new {
            info!(project_id = &*shown(&self.state.id), session_id = &*shown(id), "session created");
        }
        session
    }

    /// Makes a session known that the application's store has, after a restart.
    pub fn restore_session(&self, id: &str) -> Session {
        Session::enter(self.inner.clone(), Arc::clone(&self.state), id).0
    }

    /// The session of that id, if there is one.
    #[must_use]
    pub fn session(&self, id: &str) -> Option<Session> {
        Session::find(self.inner.clone(), Arc::clone(&self.state), id)
    }

    /// Removes it, with all that is in it. Guards of its agents that are held yet count what they do, and are shown no
    /// longer.
    pub fn remove(&self) {
        self.inner.registry.leave(&self.state);
    }

    /// [`remove`](Self::remove), unless it was removed before.
    ///
    /// # Errors
    ///
    /// [`Refused::Gone`].
    pub fn try_remove(&self) -> Result<(), Refused> {
        if self.inner.registry.leave(&self.state) { Ok(()) } else { Err(Refused::Gone) }
    }
}

impl fmt::Debug for Project {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Project").field("id", &self.state.id).finish_non_exhaustive()
    }
}
