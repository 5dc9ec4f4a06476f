//! What the worktrees of one `Worktrees` share.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use telemetry_core::text::{MESSAGE, cut};
use telemetry_core::{Errors, Family, Meter};

use super::projects::Projects;
use crate::disk::{Disks, Measure};
use crate::metrics::{CreationMetrics, ProjectMetrics};
use crate::settings::VcsSettings;

/// What the worktrees of one `Worktrees` share.
#[derive(Clone)]
pub(super) struct WorktreesInner {
    pub(super) creations: Family<CreationMetrics>,
    pub(super) project_metrics: Family<ProjectMetrics>,
    /// As the families are: what one `Worktrees` counts, another goes on with.
    pub(super) projects: Arc<Projects>,
    pub(super) errors: Errors,
    pub(super) disks: Disks,
}

impl WorktreesInner {
    pub(super) fn new(meter: &Meter, settings: &VcsSettings) -> Self {
        Self {
            creations: Family::new(meter),
            project_metrics: Family::new(meter),
            projects: meter.one(Projects::default),
            errors: Errors::new(meter),
            disks: Disks::new(meter, settings, Measure::Walk),
        }
    }

    pub(super) fn register(&self, project_id: &str) {
        self.creations.register(project_id);
        self.projects.register(&self.project_metrics, project_id);
    }

    pub(super) fn enter(&self, project_id: &str) {
        self.projects.enter(&self.project_metrics, project_id);
    }

    pub(super) fn leave(&self, project_id: &str) {
        self.projects.leave(&self.project_metrics, project_id);
    }
}

/// A path as logs have it.
pub(super) fn shown(path: &Path) -> String {
    cut(&path.to_string_lossy(), MESSAGE).into_owned()
}

impl fmt::Debug for WorktreesInner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorktreesInner")
            .field("creations", &self.creations)
            .field("disks", &self.disks)
            .finish_non_exhaustive()
    }
}
