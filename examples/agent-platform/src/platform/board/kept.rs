//! A task as the board keeps it: its telemetry, what is to be done, where, and who hears of it.

use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use telemetry_agent::Task;
use telemetry_agent::labels::Column;
use telemetry_vcs::Worktree;

use super::task_store::TaskRow;
use crate::platform::streams::Channel;

/// A task that is there.
pub(super) struct Kept {
    pub(super) task: Task,
    pub(super) prompt: String,
    pub(super) channel: Channel,
    created_at: SystemTime,
    worktree: Mutex<Option<Worktree>>,
}

impl Kept {
    pub(super) fn new(task: Task, prompt: String, worktree: Option<Worktree>, created_at: SystemTime) -> Self {
        Self { task, prompt, channel: Channel::open(), created_at, worktree: Mutex::new(worktree) }
    }

    /// Takes its worktree out, to be removed.
    pub(super) fn take_worktree(&self) -> Option<Worktree> {
        self.worktree.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// As it is to be stored; `None` once it was removed.
    pub(super) fn row(&self, project: &str) -> Option<TaskRow> {
        let column = self.task.column()?;
        let now = SystemTime::now();
        Some(TaskRow {
            project: project.to_owned(),
            id: self.task.id().to_owned(),
            prompt: self.prompt.clone(),
            column,
            created_at: self.created_at,
            queued_at: self.task.queued_for().and_then(|waited| now.checked_sub(waited)),
            // It is stored when it is moved there.
            waiting_since: (column == Column::WaitingApproval).then_some(now),
            turns: self.task.turns(),
            cost_usd: self.task.cost_usd(),
        })
    }
}
