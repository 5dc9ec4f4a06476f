//! What all waits of one `Workflows` share.

use telemetry_core::{EntityRef, Family, Lease, Meter};

use super::settings::WorkflowSettings;
use crate::metrics::WorkflowMetrics;
use telemetry_core::Backoff;

/// The instruments of workflows, and the pauses that hold for all waits.
pub(super) struct WorkflowInstruments {
    workflows: Family<WorkflowMetrics>,
    pub(super) backoff: Backoff,
}

impl WorkflowInstruments {
    pub(super) fn new(meter: &Meter, settings: &WorkflowSettings) -> Self {
        Self { workflows: Family::new(meter), backoff: settings.backoff() }
    }

    pub(super) fn register(&self, id: &str) {
        self.workflows.register(id);
    }
}

/// Which workflow is waited for, and what is measured of it.
pub(super) struct Workflow {
    all: Lease<WorkflowInstruments>,
    entity: EntityRef<WorkflowMetrics>,
}

impl Workflow {
    pub(super) fn new(all: Lease<WorkflowInstruments>, id: &str) -> Self {
        Self { entity: all.workflows.entity(id), all }
    }

    pub(super) fn id(&self) -> &str {
        self.entity.label(&self.all.workflows, 0)
    }

    pub(super) fn metrics(&self) -> &WorkflowMetrics {
        self.all.workflows.at(self.entity.id())
    }
}
