//! Telemetry in memory, agents recorded by it, and how the tests read what there is.

use std::ops::Deref;

use telemetry_agent::labels::{AgentStatus, Column};
use telemetry_agent::{AgentSettings, Agents, Project};
use telemetry_core::Label as _;
use telemetry_testkit::{EnteredTelemetry, TestTelemetry, TestTelemetryBuilder};

/// The project of most tests.
pub(crate) const PROJECT: &str = "storefront";

/// Telemetry in memory for this thread, by tokio's clock, and agents recorded by it.
pub(crate) struct Fixture {
    pub(crate) agents: Agents,
    telemetry: EnteredTelemetry,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with(AgentSettings::default())
    }

    pub(crate) fn with(settings: AgentSettings) -> Self {
        Self::of(TestTelemetry::builder(), settings)
    }

    pub(crate) fn of(telemetry: TestTelemetryBuilder, settings: AgentSettings) -> Self {
        let telemetry = telemetry.with_tokio_time().entered();
        let agents = Agents::with_settings(telemetry.meter(), settings).expect("the settings are sound");
        Self { agents, telemetry }
    }

    pub(crate) fn project(&self) -> Project {
        self.agents.restore_project(PROJECT)
    }

    /// A gauge of the project.
    pub(crate) fn gauge(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.metrics().value(name, labels)
    }

    /// How many agents there are in each status, in their order.
    pub(crate) fn statuses(&self) -> Vec<f64> {
        let metrics = self.metrics();
        let count = |status: &AgentStatus| metrics.total("agentpane_agents_total", &[("status", status.as_str())]);
        AgentStatus::ALL.iter().map(count).collect()
    }

    /// How many tasks there are in each column, in their order.
    pub(crate) fn columns(&self) -> Vec<f64> {
        let metrics = self.metrics();
        let count = |column: &Column| metrics.total("agentpane_tasks_total", &[("column", column.as_str())]);
        Column::ALL.iter().map(count).collect()
    }
}

impl Deref for Fixture {
    type Target = TestTelemetry;

    fn deref(&self) -> &TestTelemetry {
        &self.telemetry
    }
}
