//! A store of tasks that notes in the ledger what it is asked, as a database's own statistics would have it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use axum::BoxError;
use telemetry_agent::labels::Column;

use super::switchboard::{Fault, Switchboard};
use crate::check::{Ledger, queried, restored};
use crate::platform::board::{TaskRow, TaskStore};

const TABLE: &str = "tasks";
/// The project of a previous life.
const LEGACY: &str = "legacy";

/// Another store, and what is asked of it. It does not answer who asks how it does while a fault is on.
pub(crate) struct NotedTasks<S> {
    store: S,
    ledger: Arc<Ledger>,
    switchboard: Arc<Switchboard>,
}

impl<S: TaskStore> NotedTasks<S> {
    pub(crate) fn new(store: S, ledger: Arc<Ledger>, switchboard: Arc<Switchboard>) -> Self {
        // The store has made its table.
        queried(&ledger, "other", TABLE, 1);
        Self { store, ledger, switchboard }
    }

    /// Stores what a previous life of the platform left: a task in each column but that in which agents work.
    ///
    /// # Errors
    ///
    /// The store's.
    pub(crate) async fn live_before(&self) -> Result<(), BoxError> {
        let hours = |hours: u64| SystemTime::now().checked_sub(Duration::from_secs(hours * 3_600));
        let created_at = hours(8).ok_or("the clock has no past")?;
        let left = [(Column::Backlog, 0), (Column::WaitingApproval, 7), (Column::Verified, 12)];
        restored(&self.ledger, LEGACY, &left.map(|(column, _)| column));
        for (column, turns) in left {
            let task = TaskRow {
                project: LEGACY.to_owned(),
                id: format!("{LEGACY}-{turns}"),
                prompt: String::new(),
                column,
                created_at,
                queued_at: hours(2).filter(|_| column == Column::Backlog),
                waiting_since: hours(1).filter(|_| column == Column::WaitingApproval),
                turns,
                cost_usd: (turns > 0).then(|| f64::from(turns) * 0.02),
            };
            self.insert(&task).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl<S: TaskStore> TaskStore for NotedTasks<S> {
    async fn insert(&self, task: &TaskRow) -> Result<(), BoxError> {
        queried(&self.ledger, "insert", TABLE, 1);
        self.store.insert(task).await
    }

    async fn update(&self, task: &TaskRow) -> Result<(), BoxError> {
        queried(&self.ledger, "update", TABLE, 1);
        self.store.update(task).await
    }

    async fn delete(&self, project: &str, id: &str) -> Result<(), BoxError> {
        queried(&self.ledger, "delete", TABLE, 1);
        self.store.delete(project, id).await
    }

    async fn all(&self) -> Result<Vec<TaskRow>, BoxError> {
        queried(&self.ledger, "select", TABLE, 1);
        self.store.all().await
    }

    async fn ping(&self) -> Result<(), BoxError> {
        if self.switchboard.is_on(Fault::UnhealthyDatabase) {
            return Err("the database is locked".into());
        }
        queried(&self.ledger, "select", "_none", 1);
        self.store.ping().await
    }
}
