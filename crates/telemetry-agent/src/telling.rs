//! What is counted and logged of a task that moves.

use telemetry_core::Label as _;
use tracing::info;

use crate::inner::Inner;
use crate::shown::shown;
use crate::task_cell::Moved;

/// Counts and logs the move of a task of that project.
pub(crate) fn tell_move(inner: &Inner, project_id: &str, task_id: &str, moved: &Moved) {
    let metrics = inner.projects.get(project_id);
    if moved.started {
        metrics.tasks_started.add(1);
    }
    if let Some(wait) = moved.queue_wait {
        metrics.queue_wait.record(wait.as_secs_f64());
    }
    if let Some(completed) = moved.completed {
        metrics.tasks_completed.add(1);
        metrics.task_duration.record(completed.duration.as_secs_f64());
        metrics.turns_per_task.record(f64::from(completed.turns));
        // Where no cost is known there is none to tell, which is not the same as nothing.
        if let Some(usd) = completed.cost_usd {
            metrics.task_cost.record(usd);
        }
    }
    info!(
        project_id = &*shown(project_id),
        task_id = &*shown(task_id),
        from = moved.from.as_str(),
        to = moved.to.as_str(),
        "task moved to column"
    );
}
