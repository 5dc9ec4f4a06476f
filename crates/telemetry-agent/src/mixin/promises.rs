//! What is promised of tasks and of agents' runs, over a month; `objectives` has the alerts on the same within hours.

use telemetry_mixin::model::{Objective, Slo, Tested};
use telemetry_mixin::query::{given, promql, rate};
use telemetry_mixin::runbook;

use super::names::{AGENTS, TEAM};
use crate::metrics::{AgentMetrics, ProjectMetrics, RunStatus};

const JOB: [&str; 1] = ["job"];
const TESTED: [(&str, &str); 1] = [("job", "api")];

/// Tasks and runs are few: so many have to be there for an alert.
const LEAST: f64 = 10.0;

/// Both objectives.
pub(super) fn all() -> [Slo; 2] {
    [agent_success(), task_completion()].map(|slo| slo.least_events(LEAST))
}

/// Runs that were given up count for nothing.
fn agent_success() -> Slo {
    let ended = |status: RunStatus| {
        given(AgentMetrics::RUNS, "a").is("project_id", "storefront").is("agent_id", "coder").only(status)
    };
    let objective = Objective {
        good: 0.9,
        promise: "$objective of the runs of agents are completed",
        bad: rate(AgentMetrics::RUNS).matches("status", "failed|turn_limit").by(JOB).into(),
        total: rate(AgentMetrics::RUNS).except(RunStatus::Cancelled).by(JOB).into(),
        team: TEAM,
        dashboard: AGENTS,
        tested: Tested::bad_and_good(ended(RunStatus::Failed), ended(RunStatus::Completed)),
        tested_labels: &TESTED,
    };
    Slo::new(runbook!("AgentSuccess"), objective)
}

/// What was started and not completed. It is added up over each window before it is divided, so that a task that is completed
/// later than it was started counts as completed as soon as both are within the window.
fn task_completion() -> Slo {
    let started = || rate(ProjectMetrics::TASKS_STARTED).by(JOB);
    let completed = rate(ProjectMetrics::TASKS_COMPLETED).by(JOB);
    let series = |metric| given(metric, "a").is("project_id", "storefront");
    let objective = Objective {
        good: 0.85,
        promise: "$objective of the tasks that are started are completed",
        bad: started() - promql(format!("{completed} or {}", started() * 0.0)),
        total: started().into(),
        team: TEAM,
        dashboard: AGENTS,
        tested: Tested::all_and_good(series(ProjectMetrics::TASKS_STARTED), series(ProjectMetrics::TASKS_COMPLETED)),
        tested_labels: &TESTED,
    };
    Slo::new(runbook!("TaskCompletion"), objective)
}
