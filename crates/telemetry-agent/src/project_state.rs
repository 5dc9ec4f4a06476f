//! A project as the registry and its handles share it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use telemetry_core::{Label as _, Live};

use crate::board::{Board, Counts};
use crate::metrics::{AgentStatus, Column, ProjectGauges};

/// A project: its id, and what there is in it.
pub(crate) struct ProjectState {
    pub(crate) id: Arc<str>,
    /// Whether its gauges are added up under `_other`.
    pub(crate) is_folded: bool,
    board: Mutex<Board>,
}

impl ProjectState {
    pub(crate) fn new(id: &str, is_folded: bool) -> Arc<Self> {
        Arc::new(Self { id: id.into(), is_folded, board: Mutex::default() })
    }

    /// What there is in it. Held for moments: collections wait for it.
    pub(crate) fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ProjectState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProjectState").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Has the gauges read what there is at each collection, all of one metric at one moment.
pub(crate) fn show(gauges: &Live<ProjectGauges>, counts: impl Fn() -> Option<Counts> + Send + Sync + 'static) {
    let counts = Arc::new(counts);
    macro_rules! read {
        ($metric:ident, |$counts:ident, $report:ident| $body:expr) => {{
            let counts = Arc::clone(&counts);
            gauges.$metric.read_with(move |$report| {
                if let Some($counts) = counts() {
                    $body
                }
            });
        }};
    }
    read!(agents, |counts, report| {
        AgentStatus::ALL.iter().zip(counts.agents).for_each(|(status, count)| report(*status, count as f64))
    });
    read!(running, |counts, report| report((), counts.agents[AgentStatus::Running.index()] as f64));
    read!(max_concurrent, |counts, report| {
        if let Some(max) = counts.max_concurrent {
            report((), f64::from(max));
        }
    });
    read!(tasks, |counts, report| {
        Column::ALL.iter().zip(counts.tasks).for_each(|(column, count)| report(*column, count as f64))
    });
    read!(queue, |counts, report| report((), counts.queued as f64));
    read!(sessions, |counts, report| report((), counts.sessions as f64));
}
