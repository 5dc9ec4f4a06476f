//! What the handles and guards of one `Agents` share.

use std::fmt;
use std::sync::Arc;

use telemetry_core::{Errors, Family, Meter, Single};

use crate::metrics::{
    AgentGauges, AgentGaugesKey, AgentMetrics, PlatformMetrics, ProjectMetrics, RejectionMetrics, RunGauges,
    RunGaugesKey, SessionGauges, SessionMetrics, ToolMetrics,
};
use crate::registry::Registry;
use crate::settings::AgentSettings;

/// What the handles and guards of one `Agents` share.
pub(crate) struct Inner {
    pub(crate) settings: AgentSettings,
    pub(crate) registry: Arc<Registry>,
    pub(crate) platform: Single<PlatformMetrics>,
    pub(crate) projects: Family<ProjectMetrics>,
    pub(crate) rejections: Family<RejectionMetrics>,
    pub(crate) agent_gauges: Family<AgentGauges>,
    pub(crate) run_gauges: Family<RunGauges>,
    pub(crate) agents: Family<AgentMetrics>,
    pub(crate) tools: Family<ToolMetrics>,
    pub(crate) session_gauges: Family<SessionGauges>,
    pub(crate) session_events: Family<SessionMetrics>,
    pub(crate) errors: Errors,
}

impl Inner {
    pub(crate) fn new(meter: &Meter, settings: &AgentSettings) -> Self {
        let inner = Self {
            settings: settings.clone(),
            registry: Registry::of(meter),
            platform: Single::new(meter),
            projects: Family::new(meter),
            rejections: Family::new(meter),
            agent_gauges: Family::new(meter),
            run_gauges: Family::new(meter),
            agents: Family::new(meter),
            tools: Family::new(meter),
            session_gauges: Family::new(meter),
            session_events: Family::new(meter),
            errors: Errors::new(meter),
        };
        inner.registry.warm_up();
        drop(inner.agent_gauges.live(AgentGaugesKey { project_id: "", agent_id: "" }));
        drop(inner.run_gauges.live(RunGaugesKey { project_id: "", agent_id: "" }));
        drop(inner.session_gauges.live(""));
        inner
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("registry", &self.registry)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
