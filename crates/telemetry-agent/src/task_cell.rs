//! A task as its project's board has it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use opentelemetry::trace::SpanContext;

use crate::metrics::Column;
use crate::since::Since;
use crate::spending::{Spending, TaskLedger};

/// What names a task, the turns that it has taken, and what was spent on it.
#[derive(Debug)]
pub(crate) struct TaskCell {
    pub(crate) id: Arc<str>,
    pub(crate) ledger: Arc<TaskLedger>,
    turns: AtomicU32,
}

impl TaskCell {
    /// Counts a turn, without the board's lock: runs of all tasks of a project would wait for each other.
    pub(crate) fn count_turn(&self) {
        let one_more = |turns: u32| turns.checked_add(1);
        let _most_is_most = self.turns.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
    }

    /// How many turns it has taken.
    pub(crate) fn turns(&self) -> u32 {
        self.turns.load(Ordering::Relaxed)
    }
}

/// A task as the application's store has it, to be [restored](crate::Project::restore_task) after a restart.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use telemetry_agent::RestoredTask;
/// use telemetry_agent::labels::Column;
///
/// let an_hour_ago = SystemTime::now() - Duration::from_secs(3_600);
/// let task = RestoredTask::new(Column::InProgress).created_at(an_hour_ago).turns(12).cost_usd(0.42);
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "it is given to `restore_task`"]
pub struct RestoredTask {
    column: Column,
    created: Option<SystemTime>,
    queued: Option<SystemTime>,
    waiting: Option<SystemTime>,
    started: bool,
    turns: u32,
    cost_usd: Option<f64>,
}

impl RestoredTask {
    /// A task in that column.
    pub const fn new(column: Column) -> Self {
        let started = !matches!(column, Column::Backlog);
        Self { column, created: None, queued: None, waiting: None, started, turns: 0, cost_usd: None }
    }

    /// When it was created; now, unless that is said.
    pub const fn created_at(self, time: SystemTime) -> Self {
        Self { created: Some(time), ..self }
    }

    /// It waits in the queue since then. One that waits for approval or is verified is in no queue.
    pub const fn queued_at(self, time: SystemTime) -> Self {
        Self { queued: Some(time), ..self }
    }

    /// It waits for approval since then; now, unless that is said.
    pub const fn waiting_since(self, time: SystemTime) -> Self {
        Self { waiting: Some(time), ..self }
    }

    /// It was started before, although it is in the backlog now.
    pub const fn started(self) -> Self {
        Self { started: true, ..self }
    }

    /// How many turns it has taken.
    pub const fn turns(self, turns: u32) -> Self {
        Self { turns, ..self }
    }

    /// What it has cost in US dollars.
    pub const fn cost_usd(self, usd: f64) -> Self {
        Self { cost_usd: Some(usd), ..self }
    }
}

/// Where a task stands, and since when.
#[derive(Debug)]
pub(crate) struct TaskEntry {
    pub(crate) cell: Arc<TaskCell>,
    pub(crate) column: Column,
    created: Since,
    started: bool,
    pub(crate) queued: Option<Since>,
    waiting: Option<Since>,
    /// Who asked for the run that comes next.
    pub(crate) asked_by: Option<SpanContext>,
}

/// What follows from a task's move, for metrics and logs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moved {
    pub(crate) from: Column,
    pub(crate) to: Column,
    pub(crate) started: bool,
    pub(crate) queue_wait: Option<Duration>,
    pub(crate) approval_wait: Option<Duration>,
    pub(crate) completed: Option<Completed>,
}

/// What a task took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Completed {
    pub(crate) duration: Duration,
    pub(crate) turns: u32,
    pub(crate) cost_usd: Option<f64>,
}

impl TaskEntry {
    pub(crate) fn new(id: &str, restored: &RestoredTask) -> Self {
        let RestoredTask { column, created, queued, waiting, started, turns, cost_usd } = *restored;
        let since = |time: Option<SystemTime>| time.map_or_else(Since::now, Since::time);
        let ledger = Arc::new(TaskLedger(Spending::of(cost_usd)));
        Self {
            cell: Arc::new(TaskCell { id: id.into(), ledger, turns: AtomicU32::new(turns) }),
            column,
            created: since(created),
            started,
            queued: queued.filter(|_| column.is_to_be_done()).map(Since::time),
            waiting: (column == Column::WaitingApproval).then(|| since(waiting)),
            asked_by: None,
        }
    }

    /// Moves it; what the columns and the queue have to be told is in the result.
    pub(crate) fn go(&mut self, to: Column) -> Moved {
        let from = self.column;
        self.column = to;
        let queue_wait = self.queued.take().map(Since::elapsed).filter(|_| to == Column::InProgress);
        let approval_wait = self.waiting.take().map(Since::elapsed);
        if to == Column::WaitingApproval {
            self.waiting = Some(Since::now());
        }
        if from == Column::Verified {
            // It is opened again.
            self.started = false;
        }
        let started = to == Column::InProgress && !self.started;
        self.started |= started;
        let completed = (to == Column::Verified).then(|| Completed {
            duration: self.created.elapsed(),
            turns: self.cell.turns(),
            cost_usd: self.cell.ledger.0.usd(),
        });
        Moved { from, to, started, queue_wait, approval_wait, completed }
    }
}

impl Column {
    /// Whether a task in it waits for an agent, or is worked on.
    pub(crate) fn is_to_be_done(self) -> bool {
        matches!(self, Self::Backlog | Self::InProgress)
    }

    /// Whether a task goes from this column to that one, by itself or by what somebody decides.
    ///
    /// | from | to |
    /// |---|---|
    /// | `backlog` | `in_progress` |
    /// | `in_progress` | `backlog`, `waiting_approval`, `verified` |
    /// | `waiting_approval` | `backlog`, `in_progress`, `verified` |
    /// | `verified` | none |
    #[must_use]
    pub const fn may_become(self, to: Self) -> bool {
        matches!(
            (self, to),
            (Self::Backlog, Self::InProgress)
                | (Self::InProgress, Self::Backlog | Self::WaitingApproval | Self::Verified)
                | (Self::WaitingApproval, Self::Backlog | Self::InProgress | Self::Verified)
        )
    }
}
