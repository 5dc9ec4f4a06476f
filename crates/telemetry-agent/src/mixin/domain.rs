//! The domain with all that operators see of it.

use telemetry_mixin::model::{Domain, Mixin};

use super::{alerts, boards, objectives, promises};
use crate::CATALOGUE;
use crate::metrics::{ProjectGauges, RejectionMetrics, SessionGauges, SessionMetrics};

/// The agent domain, for the generator. One of its alerts reads the error catalogue, so the generator needs the metrics of
/// telemetry-core, too.
///
/// ```
/// use telemetry_mixin::model::{Domain, Mixin};
/// use telemetry_mixin::{GeneratorSettings, generate};
///
/// let core = Domain::new("core", telemetry_core::CATALOGUE, Mixin::new());
/// let files = generate(&GeneratorSettings::default(), &[core, telemetry_agent::mixin::domain()])?;
/// assert!(files.get("deploy/grafana/dashboards/agent-performance.json").is_some());
/// # Ok::<(), telemetry_mixin::GenerateErrors>(())
/// ```
#[must_use]
pub fn domain() -> Domain {
    Domain::new("agent", CATALOGUE, mixin())
}

/// Why no panel shows what is measured of each session.
const OF_ONE_SESSION: &str = "it is for those who look at one session; over all of them it says nothing to act upon";

/// Its dashboards and alerts.
#[must_use]
pub fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(boards::overview())
        .dashboard(boards::agent_performance())
        .alert(alerts::agent_execution_stuck())
        .alert(alerts::agent_execution_failed())
        .alert(alerts::concurrency_limit_reached())
        .alert(alerts::queue_backlog())
        .alert(alerts::high_rejection_rate())
        .alert(alerts::agent_approaching_turn_limit())
        .alert(alerts::task_cost_high())
        .alert(alerts::new_project_created())
        .alert(alerts::daily_tasks_completed())
        .alert(objectives::low_task_completion_rate())
        .alert(objectives::low_agent_success_rate())
        .alert(objectives::slow_tasks())
        .alert(objectives::slow_approvals())
        .alert(objectives::turn_inefficiency())
        .slos(promises::all())
        .unread(
            ProjectGauges::AGENTS,
            "it fills the choice of the project; what agents do is shown by `agentpane_agent_status`",
        )
        .unread(
            RejectionMetrics::REJECTIONS,
            "rejections are shown among all decisions, by `agentpane_approvals_total`",
        )
        .unread(SessionGauges::PARTICIPANTS, OF_ONE_SESSION)
        .unread(SessionMetrics::EVENTS, OF_ONE_SESSION)
}
