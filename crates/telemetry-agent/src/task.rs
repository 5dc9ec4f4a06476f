//! A task on its way through the columns, the queue and approval.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use telemetry_core::{Lease, clock};
use tracing::info;

use crate::asked;
use crate::board::Board;
use crate::inner::Inner;
use crate::metrics::{ApprovalOutcome, Column, RejectionMetricsKey};
use crate::project_state::ProjectState;
use crate::refused::Refused;
use crate::shown::shown;
use crate::task_cell::{Moved, TaskCell};
use crate::telling::tell_move;

/// A task: a handle, cheap to clone. The task is there until it is [removed](Self::remove).
///
/// What the application says is recorded as it is seen: a task that is moved is moved, wherever it was. Methods that begin
/// with `try_` refuse what cannot be, and change nothing then. What is said of a task that was removed changes nothing.
///
/// ```
/// use telemetry_agent::labels::Column;
/// # use telemetry_agent::Agents;
/// # let project = Agents::global().create_project("storefront");
///
/// let task = project.create_task("fix-the-cart");
/// assert!(task.try_move_to(Column::Verified).is_err(), "nobody has done it");
/// task.move_to(Column::InProgress);
/// task.move_to(Column::WaitingApproval);
/// task.approve("ada");
/// assert_eq!(task.column(), Some(Column::Verified));
/// task.remove(); // it leaves the board
/// ```
#[derive(Clone)]
pub struct Task {
    pub(crate) inner: Lease<Inner>,
    pub(crate) project: Arc<ProjectState>,
    pub(crate) cell: Arc<TaskCell>,
}

impl Task {
    pub(crate) fn new(inner: Lease<Inner>, project: Arc<ProjectState>, cell: Arc<TaskCell>) -> Self {
        Self { inner, project, cell }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.cell.id
    }

    /// The column that it is in; `None` once it was removed.
    #[must_use]
    pub fn column(&self) -> Option<Column> {
        self.project.board().entry(&self.cell).map(|task| task.column)
    }

    /// How many turns all its runs have had.
    #[must_use]
    pub fn turns(&self) -> u32 {
        self.project.board().entry(&self.cell).map_or(0, |task| task.cell.turns())
    }

    /// What all its runs have cost in US dollars; `None` where no cost is known.
    #[must_use]
    pub fn cost_usd(&self) -> Option<f64> {
        self.cell.ledger.0.usd()
    }

    /// Moves it to a column. It leaves the queue, and is started with its first move to `in_progress`, completed with each
    /// to `verified`. One that is there already stays.
    pub fn move_to(&self, column: Column) {
        let moved = self.project.board().move_task(&self.cell, column);
        self.tell(moved);
    }

    /// [`move_to`](Self::move_to), where a task goes from its column to that one ([`Column::may_become`]).
    ///
    /// # Errors
    ///
    /// [`Refused::Move`], and [`Refused::Gone`] where it was removed.
    pub fn try_move_to(&self, column: Column) -> Result<(), Refused> {
        let moved =
            self.try_move(column, |from| from.may_become(column), |board| board.move_task(&self.cell, column))?;
        self.tell(moved);
        Ok(())
    }

    /// Moves it, where it may, under one lock.
    fn try_move(
        &self,
        to: Column,
        may: impl FnOnce(Column) -> bool,
        go: impl FnOnce(&mut Board) -> Option<Moved>,
    ) -> Result<Option<Moved>, Refused> {
        let mut board = self.project.board();
        let from = board.entry(&self.cell).ok_or(Refused::Gone)?.column;
        if may(from) { Ok(go(&mut board)) } else { Err(Refused::Move { from, to }) }
    }

    fn tell(&self, moved: Option<Moved>) {
        if let Some(moved) = moved {
            tell_move(&self.inner, &self.project.id, &self.cell.id, &moved);
        }
    }

    /// Puts it into the queue, in which it waits for an agent until a run of it starts or it is moved. A task that waits
    /// already, waits for approval or is verified stays where it is.
    ///
    /// The run that takes it up is of another trace, as a rule: its span links to the one that is active here.
    pub fn enqueue(&self) {
        let asked_by = asked::here();
        let mut board = self.project.board();
        if board.enqueue(&self.cell) {
            board.ask(&self.cell, asked_by);
        }
    }

    /// [`enqueue`](Self::enqueue), where it can wait there.
    ///
    /// # Errors
    ///
    /// [`Refused::Queued`], [`Refused::NotToBeDone`], and [`Refused::Gone`] where it was removed.
    pub fn try_enqueue(&self) -> Result<(), Refused> {
        let asked_by = asked::here();
        let mut board = self.project.board();
        let task = board.entry(&self.cell).ok_or(Refused::Gone)?;
        if task.queued.is_some() {
            return Err(Refused::Queued);
        }
        if !task.column.is_to_be_done() {
            return Err(Refused::NotToBeDone { column: task.column });
        }
        board.enqueue(&self.cell);
        board.ask(&self.cell, asked_by);
        Ok(())
    }

    /// Takes it out of the queue without a run of it. How long it waited is not recorded: nobody took it.
    pub fn dequeue(&self) {
        let _waited_for_nothing = self.project.board().dequeue(&self.cell);
    }

    /// [`dequeue`](Self::dequeue), where it waits there.
    ///
    /// # Errors
    ///
    /// [`Refused::NotQueued`], and [`Refused::Gone`] where it was removed.
    pub fn try_dequeue(&self) -> Result<(), Refused> {
        let mut board = self.project.board();
        board.entry(&self.cell).ok_or(Refused::Gone)?;
        board.dequeue(&self.cell).map(|_| ()).ok_or(Refused::NotQueued)
    }

    /// Somebody approves of it: it is verified.
    pub fn approve(&self, user_id: &str) {
        let moved = self.project.board().move_task(&self.cell, Column::Verified);
        self.decided(ApprovalOutcome::Approved, user_id, moved);
    }

    /// [`approve`](Self::approve), where it waits for that.
    ///
    /// # Errors
    ///
    /// [`Refused::Move`], and [`Refused::Gone`] where it was removed.
    pub fn try_approve(&self, user_id: &str) -> Result<(), Refused> {
        let approve = |board: &mut Board| board.move_task(&self.cell, Column::Verified);
        let moved = self.try_move(Column::Verified, |from| from == Column::WaitingApproval, approve)?;
        self.decided(ApprovalOutcome::Approved, user_id, moved);
        Ok(())
    }

    /// Somebody rejects it: it is in progress again.
    pub fn reject(&self, user_id: &str) {
        let asked_by = asked::here();
        let moved = self.project.board().send_back(&self.cell, asked_by);
        self.decided(ApprovalOutcome::Rejected, user_id, moved);
    }

    /// [`reject`](Self::reject), where it waits for approval.
    ///
    /// # Errors
    ///
    /// [`Refused::Move`], and [`Refused::Gone`] where it was removed.
    pub fn try_reject(&self, user_id: &str) -> Result<(), Refused> {
        let asked_by = asked::here();
        let reject = |board: &mut Board| board.send_back(&self.cell, asked_by);
        let moved = self.try_move(Column::InProgress, |from| from == Column::WaitingApproval, reject)?;
        self.decided(ApprovalOutcome::Rejected, user_id, moved);
        Ok(())
    }

    /// A decision counts where it moves the task: two who approve of the same are one approval.
    fn decided(&self, outcome: ApprovalOutcome, user_id: &str, moved: Option<Moved>) {
        let Some(moved) = moved else { return };
        let (project_id, task_id) = (&*self.project.id, &*self.cell.id);
        let metrics = self.inner.projects.get(project_id);
        metrics.approvals.at(outcome).add(1);
        if let Some(wait) = moved.approval_wait {
            metrics.approval_wait.record(wait.as_secs_f64());
        }
        if outcome == ApprovalOutcome::Rejected {
            self.inner.rejections.get(RejectionMetricsKey { project_id, task_id }).rejections.add(1);
        }
        let waited_ms = moved.approval_wait.map(clock::millis);
        let (project, task, user) = (shown(project_id), shown(task_id), shown(user_id));
        match outcome {
            ApprovalOutcome::Approved => {
                info!(project_id = &*project, task_id = &*task, user_id = &*user, waited_ms, "user approved task");
            }
            ApprovalOutcome::Rejected => {
                info!(project_id = &*project, task_id = &*task, user_id = &*user, waited_ms, "user rejected task");
            }
        }
        tell_move(&self.inner, project_id, task_id, &moved);
    }

    /// Removes it: it was archived, deleted, or moved elsewhere. Its runs go on, and count for their agents.
    pub fn remove(&self) {
        self.project.board().remove_task(&self.cell);
    }

    /// [`remove`](Self::remove), unless it was removed before.
    ///
    /// # Errors
    ///
    /// [`Refused::Gone`].
    pub fn try_remove(&self) -> Result<(), Refused> {
        if self.project.board().remove_task(&self.cell) { Ok(()) } else { Err(Refused::Gone) }
    }

    /// How long it has waited in the queue; `None` where it does not wait there.
    #[must_use]
    pub fn queued_for(&self) -> Option<Duration> {
        self.project.board().entry(&self.cell)?.queued.map(|since| since.elapsed())
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { project, cell, .. } = self;
        f.debug_struct("Task").field("project", &project.id).field("id", &cell.id).finish_non_exhaustive()
    }
}
