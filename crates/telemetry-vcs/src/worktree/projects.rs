//! How many worktrees each project has.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use telemetry_core::{Family, Live};

use crate::metrics::ProjectMetrics;

/// The projects that have worktrees, and those that are registered.
#[derive(Default)]
pub(super) struct Projects(Mutex<HashMap<Box<str>, Project>>);

struct Project {
    live: Live<ProjectMetrics>,
    active: usize,
    is_registered: bool,
}

impl Projects {
    fn known(&self) -> MutexGuard<'_, HashMap<Box<str>, Project>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a project's series, at zero where it has no worktree.
    pub(super) fn register(&self, family: &Family<ProjectMetrics>, project_id: &str) {
        self.change(family, project_id, |project| project.is_registered = true);
    }

    pub(super) fn enter(&self, family: &Family<ProjectMetrics>, project_id: &str) {
        self.change(family, project_id, |project| project.active += 1);
    }

    pub(super) fn leave(&self, family: &Family<ProjectMetrics>, project_id: &str) {
        self.change(family, project_id, |project| project.active = project.active.saturating_sub(1));
    }

    fn change(&self, family: &Family<ProjectMetrics>, project_id: &str, change: impl FnOnce(&mut Project)) {
        let mut known = self.known();
        // Made live anew each time: the meter may have come after the first worktree.
        let live = family.live(project_id);
        let (mut active, mut is_registered) = (0, false);
        if let Some(before) = known.remove(project_id) {
            (active, is_registered) = (before.active, before.is_registered);
        }
        let mut project = Project { live, active, is_registered };
        change(&mut project);
        if project.active > 0 || project.is_registered {
            project.live.active.set(project.active as f64);
            known.insert(project_id.into(), project);
        }
    }
}
