//! The board: tasks on their way from the backlog through an agent's hands to approval.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::BoxError;
use http::StatusCode;
use telemetry_agent::labels::Column;
use telemetry_agent::{Agent, Agents, Project, Refused};
use telemetry_logs::component;
use tokio::sync::Semaphore;
use tracing::Instrument as _;

use super::kept::Kept;
use super::plan::{AgentPlan, ProjectPlan};
use super::task_store::TaskStore;
use super::worker::{Assignment, RunEnd, Worker};
use crate::platform::github::GitHubClient;
use crate::platform::streams::Channel;
use crate::platform::worktrees::Repository;

/// What the board needs of the rest.
pub(crate) struct Surroundings {
    pub(crate) store: Arc<dyn TaskStore>,
    pub(crate) worker: Worker,
    pub(crate) repository: Repository,
    pub(crate) github: GitHubClient,
}

/// The board of all projects.
pub(crate) struct Board {
    projects: BTreeMap<String, Staffed>,
    /// By project and id.
    tasks: Mutex<HashMap<(String, String), Arc<Kept>>>,
    around: Surroundings,
}

/// A project with its agents.
struct Staffed {
    project: Project,
    agents: BTreeMap<String, (AgentPlan, Agent)>,
    /// As many as agents may run at once.
    places: Semaphore,
}

/// Why the board does not do what it is asked to.
#[derive(Debug)]
pub(super) enum NotDone {
    /// There is no such project, agent or task.
    Unknown,
    /// It cannot be, as things stand.
    Refused,
    /// Something else failed, and the log says what.
    Failed,
}

impl From<Refused> for NotDone {
    fn from(_: Refused) -> Self {
        Self::Refused
    }
}

impl Board {
    /// A board with the tasks that the store has from before, which count as nothing that happens.
    ///
    /// # Errors
    ///
    /// The store's.
    pub(crate) async fn restore(
        agents: &Agents,
        plans: impl IntoIterator<Item = ProjectPlan>,
        around: Surroundings,
    ) -> Result<Self, BoxError> {
        let mut tasks = HashMap::new();
        for row in around.store.all().await? {
            let task = agents.restore_project(&row.project).restore_task(&row.id, row.restored());
            let key = (row.project, row.id);
            tasks.insert(key, Arc::new(Kept::new(task, row.prompt, None, row.created_at)));
        }
        let projects = plans.into_iter().map(|plan| (plan.id.clone(), Staffed::new(agents, plan))).collect();
        Ok(Self { projects, tasks: Mutex::new(tasks), around })
    }

    /// Puts a task into the backlog and the queue, with a worktree of its own.
    pub(super) async fn create(&self, project: &str, id: &str, prompt: String) -> Result<(), NotDone> {
        let staffed = self.projects.get(project).ok_or(NotDone::Unknown)?;
        let key = (project.to_owned(), id.to_owned());
        if self.tasks().contains_key(&key) {
            return Err(NotDone::Refused);
        }
        let worktree = self.around.repository.add(project, id).instrument(component::worktree(Some(id))).await;
        let worktree = worktree.map_err(failed("a worktree cannot be created"))?;
        let task = staffed.project.try_create_task(id)?;
        task.enqueue();
        let kept = Arc::new(Kept::new(task, prompt, Some(worktree), SystemTime::now()));
        self.tasks().insert(key, Arc::clone(&kept));
        if let Some(row) = kept.row(project) {
            self.around.store.insert(&row).await.map_err(failed("a task is not stored"))?;
        }
        Ok(())
    }

    /// Has an agent work on a task, once there is a place. Dropped before its end, the agent's run is cancelled.
    ///
    /// That it is in progress is not stored: after a restart, nobody works on it, and it waits again.
    pub(super) async fn work(&self, project: &str, id: &str, agent: &str) -> Result<RunEnd, NotDone> {
        let kept = self.find(project, id)?;
        let staffed = self.projects.get(project).ok_or(NotDone::Unknown)?;
        let (plan, agent) = staffed.agents.get(agent).ok_or(NotDone::Unknown)?;
        let telling = kept.channel.telling();
        let _place = staffed.places.acquire().await.map_err(|_closed| NotDone::Refused)?;
        // What others have done to it by now, an agent would ask first.
        self.around.github.look_at(id).instrument(component::github()).await;
        let Kept { task, prompt, .. } = &*kept;
        let assignment = Assignment { agent, plan, task, prompt, telling: &telling };
        // A child logger: what is logged while the agent works is of the agent.
        let ended = self.around.worker.work(assignment).instrument(component::agent(&plan.id)).await;
        match ended {
            // Somebody has to look at it, also where it is not done.
            RunEnd::Done | RunEnd::TurnLimit => task.try_move_to(Column::WaitingApproval)?,
            RunEnd::Failed => {
                task.try_move_to(Column::Backlog)?;
                task.enqueue();
            }
        }
        self.save(project, &kept).await?;
        Ok(ended)
    }

    /// Somebody approves of a task: what was done is offered to be merged.
    pub(super) async fn approve(&self, project: &str, id: &str, user: &str) -> Result<(), NotDone> {
        let kept = self.find(project, id)?;
        kept.task.try_approve(user)?;
        self.save(project, &kept).await?;
        self.around.github.open_pull(id).instrument(component::github()).await;
        Ok(())
    }

    /// Somebody rejects a task: it has to be done again.
    pub(super) async fn reject(&self, project: &str, id: &str, user: &str) -> Result<(), NotDone> {
        let kept = self.find(project, id)?;
        kept.task.try_reject(user)?;
        self.save(project, &kept).await
    }

    /// Takes a task off the board, wherever it stands.
    pub(super) async fn remove(&self, project: &str, id: &str) -> Result<(), NotDone> {
        let kept = self.find(project, id)?;
        kept.task.try_remove()?;
        self.tasks().remove(&(project.to_owned(), id.to_owned()));
        if let Some(worktree) = kept.take_worktree() {
            let removed = self.around.repository.remove(worktree).instrument(component::worktree(Some(id))).await;
            removed.map_err(failed("a worktree cannot be removed"))?;
        }
        self.around.store.delete(project, id).await.map_err(failed("a task is not deleted"))
    }

    /// What agents tell of a task.
    pub(super) fn channel(&self, project: &str, id: &str) -> Result<Channel, NotDone> {
        Ok(self.find(project, id)?.channel.clone())
    }

    fn find(&self, project: &str, id: &str) -> Result<Arc<Kept>, NotDone> {
        let found = self.tasks().get(&(project.to_owned(), id.to_owned())).cloned();
        found.ok_or_else(|| {
            // The log line counts, too: `error_code` is a label of agentpane_errors_total.
            tracing::warn!(error_code = "TASK_NOT_FOUND", component = "api", project_id = project, "no such task");
            NotDone::Unknown
        })
    }

    async fn save(&self, project: &str, kept: &Kept) -> Result<(), NotDone> {
        match kept.row(project) {
            Some(row) => self.around.store.update(&row).await.map_err(failed("a task is not stored")),
            None => Ok(()),
        }
    }

    fn tasks(&self) -> MutexGuard<'_, HashMap<(String, String), Arc<Kept>>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Staffed {
    fn new(agents: &Agents, plan: ProjectPlan) -> Self {
        let project = agents.create_project(&plan.id);
        project.set_max_concurrent(Some(plan.max_concurrent));
        let places = Semaphore::new(plan.max_concurrent as usize);
        let staff = plan.agents.into_iter().map(|agent| {
            agents.register_agent(&plan.id, &agent.id);
            agent.tools.iter().for_each(|tool| agents.register_tool(tool));
            let there = project.agent(&agent.id);
            (agent.id.clone(), (agent, there))
        });
        let agents = staff.collect();
        Self { project, agents, places }
    }
}

/// Says in the log what failed.
fn failed<E: Into<BoxError>>(what: &'static str) -> impl FnOnce(E) -> NotDone {
    move |error| {
        tracing::error!(error = %error.into(), "{what}");
        NotDone::Failed
    }
}

impl From<NotDone> for StatusCode {
    fn from(not_done: NotDone) -> Self {
        match not_done {
            NotDone::Unknown => Self::NOT_FOUND,
            NotDone::Refused => Self::CONFLICT,
            NotDone::Failed => Self::INTERNAL_SERVER_ERROR,
        }
    }
}
