//! The alerts on what a platform of agents is to reach: completion, success, duration, approval, turns.

use telemetry_mixin::model::{Alert, AlertRule, AlertTest, Runbook, Severity};
use telemetry_mixin::query::{Expr, Selector, amount, given, increase, quantile, rate, series, share, threshold};
use telemetry_mixin::runbook;

use super::names::{AGENTS, PROJECT_OF_JOB, TEAM};
use crate::metrics::{AgentMetrics, ProjectMetrics, RunStatus};

/// A series of one project.
fn given_project(metric: impl Into<Selector>) -> Selector {
    given(metric, "a").is("project_id", "storefront")
}

/// How many there have to be at least, of whose median or mean something is said: one that took long at night is none.
fn some(of: impl Into<Selector>) -> Expr {
    increase(of).by(PROJECT_OF_JOB).above(2.5)
}

const EXPECTED: [(&str, &str); 2] = [("job", "api"), ("project_id", "storefront")];

/// An alert on an objective that is missed for half an hour.
fn missed(runbook: Runbook, when: Expr, summary: &str, description: &str) -> Alert {
    let (severity, team, dashboard) = (Severity::Warning, TEAM, AGENTS);
    Alert::new(runbook, AlertRule { when, hold: "30m", severity, team, summary, description, dashboard })
}

pub(super) fn low_task_completion_rate() -> Alert {
    let started = || increase(ProjectMetrics::TASKS_STARTED).by(PROJECT_OF_JOB);
    let series = |metric| given_project(metric);
    missed(
        runbook!("LowTaskCompletionRate"),
        share(
            rate(ProjectMetrics::TASKS_COMPLETED).by(PROJECT_OF_JOB),
            rate(ProjectMetrics::TASKS_STARTED).by(PROJECT_OF_JOB),
        )
        .below(threshold(0.7))
        .and(started().at_least(10.0)),
        "Many tasks that are started are not completed",
        "Within $window, as many tasks of project {{ $labels.project_id }} were completed as \
         {{ $value | humanizePercentage }} of those that were started.",
    )
    .window("6h")
    .test(
        AlertTest::new("half of the tasks are completed", "8h")
            .series(series(ProjectMetrics::TASKS_STARTED), "0+1x600")
            .series(series(ProjectMetrics::TASKS_COMPLETED), "0+0.5x600")
            .fires(&EXPECTED, "50%"),
    )
    .test(
        AlertTest::new("none ever was", "8h")
            .series(series(ProjectMetrics::TASKS_STARTED), "0+1x600")
            .fires(&EXPECTED, "0%"),
    )
    .test(
        AlertTest::new("seventy-one in a hundred are", "8h")
            .series(series(ProjectMetrics::TASKS_STARTED), "0+1x600")
            .series(series(ProjectMetrics::TASKS_COMPLETED), "0+0.71x600"),
    )
    .test(AlertTest::new("nine were started", "2h").series(series(ProjectMetrics::TASKS_STARTED), "0x20 9x140"))
    .test(AlertTest::new("none is started", "2h").series(series(ProjectMetrics::TASKS_STARTED), "50x150"))
}

pub(super) fn low_agent_success_rate() -> Alert {
    let ended = |status: RunStatus| given_project(AgentMetrics::RUNS).is("agent_id", "coder").only(status);
    let of_all = || increase(AgentMetrics::RUNS).except(RunStatus::Cancelled).by(PROJECT_OF_JOB);
    missed(
        runbook!("LowAgentSuccessRate"),
        share(
            rate(AgentMetrics::RUNS).only(RunStatus::Completed).by(PROJECT_OF_JOB),
            rate(AgentMetrics::RUNS).except(RunStatus::Cancelled).by(PROJECT_OF_JOB),
        )
        .below(threshold(0.75))
        .and(of_all().at_least(5.0)),
        "Many runs of agents do not succeed",
        "{{ $value | humanizePercentage }} of the runs of project {{ $labels.project_id }} within $window were completed; \
         the others failed or came to their turn limit.",
    )
    .window("1h")
    .test(
        AlertTest::new("one in two fails", "2h")
            .series(ended(RunStatus::Completed), "0+1x200")
            .series(ended(RunStatus::Failed), "0+1x200")
            .fires(&EXPECTED, "50%"),
    )
    .test(
        AlertTest::new("all come to their turn limit", "2h")
            .series(ended(RunStatus::TurnLimit), "0+1x200")
            .fires(&EXPECTED, "0%"),
    )
    .test(
        AlertTest::new("six in twenty-five fail", "2h")
            .series(ended(RunStatus::Completed), "0+19x200")
            .series(ended(RunStatus::Failed), "0+6x200"),
    )
    .test(
        AlertTest::new("many are given up", "2h")
            .series(ended(RunStatus::Completed), "0+1x200")
            .series(ended(RunStatus::Cancelled), "0+9x200"),
    )
    .test(AlertTest::new("the only run fails", "2h").series(ended(RunStatus::Failed), "0x70 1x200"))
    .test(AlertTest::new("nothing runs since all failed", "2h").series(ended(RunStatus::Failed), "50x200"))
}

pub(super) fn slow_tasks() -> Alert {
    let took = |bound| given_project(ProjectMetrics::TASK_DURATION).bucket(bound);
    missed(
        runbook!("SlowTasks"),
        quantile(0.5, ProjectMetrics::TASK_DURATION)
            .by(PROJECT_OF_JOB)
            .above(threshold(900.0))
            .and(some(series(ProjectMetrics::TASK_DURATION).bucket("+Inf"))),
        "Tasks take long",
        "Half of the tasks of project {{ $labels.project_id }} that were completed within $window took \
         {{ $value | humanizeDuration }} or longer.",
    )
    .window("1h")
    .test(
        AlertTest::new("nine in ten take longer than ten minutes", "2h")
            .series(took("600.0"), "0+1x150")
            .series(took("1800.0"), "0+10x150")
            .series(took("+Inf"), "0+10x150")
            .fires(&EXPECTED, "18m 53s"),
    )
    .test(
        AlertTest::new("six in ten are done in five minutes", "2h")
            .series(took("300.0"), "0+6x150")
            .series(took("600.0"), "0+6x150")
            .series(took("1800.0"), "0+10x150")
            .series(took("+Inf"), "0+10x150"),
    )
    .test(
        AlertTest::new("two at night take long", "2h")
            .series(took("600.0"), "0x150")
            .series(took("1800.0"), "0x69 2x80")
            .series(took("+Inf"), "0x69 2x80"),
    )
    .test(
        AlertTest::new("none is completed", "2h")
            .series(took("600.0"), "1x150")
            .series(took("1800.0"), "10x150")
            .series(took("+Inf"), "10x150"),
    )
}

pub(super) fn slow_approvals() -> Alert {
    let waited = |bound| given_project(ProjectMetrics::APPROVAL_WAIT).bucket(bound);
    missed(
        runbook!("SlowApprovals"),
        quantile(0.5, ProjectMetrics::APPROVAL_WAIT)
            .by(PROJECT_OF_JOB)
            .above(threshold(7200.0))
            .and(some(series(ProjectMetrics::APPROVAL_WAIT).bucket("+Inf"))),
        "Tasks wait long for approval",
        "Half of the tasks of project {{ $labels.project_id }} that were decided about within $window had waited \
         {{ $value | humanizeDuration }} or longer.",
    )
    .window("6h")
    .test(
        AlertTest::new("seven in ten wait longer than two hours", "8h")
            .series(waited("3600.0"), "0+3x600")
            .series(waited("7200.0"), "0+3x600")
            .series(waited("14400.0"), "0+10x600")
            .series(waited("+Inf"), "0+10x600")
            .fires(&EXPECTED, "2h 34m 17s"),
    )
    .test(
        AlertTest::new("six in ten wait for half an hour", "8h")
            .series(waited("1800.0"), "0+6x600")
            .series(waited("7200.0"), "0+6x600")
            .series(waited("14400.0"), "0+10x600")
            .series(waited("+Inf"), "0+10x600"),
    )
    .test(
        AlertTest::new("a task waits for somebody to get up", "8h")
            .series(waited("7200.0"), "0x600")
            .series(waited("14400.0"), "0x399 1x200")
            .series(waited("+Inf"), "0x399 1x200"),
    )
    .test(
        AlertTest::new("nobody decides at night", "8h")
            .series(waited("7200.0"), "1x600")
            .series(waited("14400.0"), "10x600")
            .series(waited("+Inf"), "10x600"),
    )
}

pub(super) fn turn_inefficiency() -> Alert {
    let tasks = || given_project(ProjectMetrics::TURNS_PER_TASK);
    missed(
        runbook!("TurnInefficiency"),
        share(
            amount(ProjectMetrics::TURNS_PER_TASK).by(PROJECT_OF_JOB),
            rate(ProjectMetrics::TURNS_PER_TASK).by(PROJECT_OF_JOB),
        )
        .above(threshold(40.0))
        .and(some(ProjectMetrics::TURNS_PER_TASK)),
        "Tasks take many turns",
        "Tasks of project {{ $labels.project_id }} that were completed within $window took \
         {{ $value | printf \"%.0f\" }} turns on average, the limit being $threshold.",
    )
    .window("6h")
    .test(
        AlertTest::new("forty-five turns a task", "8h")
            .series(tasks().total(), "0+45x600")
            .series(tasks().count(), "0+1x600")
            .fires(&EXPECTED, "45"),
    )
    .test(
        AlertTest::new("thirty-nine turns a task", "8h")
            .series(tasks().total(), "0+39x600")
            .series(tasks().count(), "0+1x600"),
    )
    .test(
        AlertTest::new("one task takes sixty turns", "8h")
            .series(tasks().total(), "0x399 60x200")
            .series(tasks().count(), "0x399 1x200"),
    )
    .test(
        AlertTest::new("no task is completed", "8h")
            .series(tasks().total(), "450x600")
            .series(tasks().count(), "10x600"),
    )
}
