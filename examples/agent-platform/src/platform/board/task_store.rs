//! What the board needs of the store of its tasks: an adapter to a database goes here.

use std::time::SystemTime;

use async_trait::async_trait;
use axum::BoxError;
use telemetry_agent::RestoredTask;
use telemetry_agent::labels::Column;

/// A task as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TaskRow {
    pub(crate) project: String,
    pub(crate) id: String,
    /// What is to be done.
    pub(crate) prompt: String,
    pub(crate) column: Column,
    pub(crate) created_at: SystemTime,
    /// Since when it waits for an agent, if it does.
    pub(crate) queued_at: Option<SystemTime>,
    /// Since when it waits for approval, if it does.
    pub(crate) waiting_since: Option<SystemTime>,
    pub(crate) turns: u32,
    pub(crate) cost_usd: Option<f64>,
}

/// Has the tasks of all projects.
#[async_trait]
pub(crate) trait TaskStore: Send + Sync {
    /// Stores a new task.
    async fn insert(&self, task: &TaskRow) -> Result<(), BoxError>;

    /// Stores where a task stands.
    async fn update(&self, task: &TaskRow) -> Result<(), BoxError>;

    /// Forgets a task.
    async fn delete(&self, project: &str, id: &str) -> Result<(), BoxError>;

    /// All tasks.
    async fn all(&self) -> Result<Vec<TaskRow>, BoxError>;

    /// Answers if it does well.
    async fn ping(&self) -> Result<(), BoxError>;
}

impl TaskRow {
    /// As it is made known again after a restart.
    pub(super) fn restored(&self) -> RestoredTask {
        let mut task = RestoredTask::new(self.column).created_at(self.created_at).turns(self.turns);
        if let Some(time) = self.queued_at {
            task = task.queued_at(time);
        }
        if let Some(time) = self.waiting_since {
            task = task.waiting_since(time);
        }
        self.cost_usd.map_or(task, |usd| task.cost_usd(usd))
    }
}
