//! The alerts that somebody acts on, and the two that tell of what happened.

use telemetry_core::{Component, ErrorMetrics, Errors};
use telemetry_mixin::model::{Alert, AlertRule, AlertTest, Severity};
use telemetry_mixin::query::{Selector, given, increase, max, promql, quantile, rate, series, share, sum, threshold};
use telemetry_mixin::runbook;

use super::names::{AGENT, AGENTS, OVERVIEW, PROJECT, PROJECT_OF_JOB, TEAM};
use crate::metrics::{ApprovalOutcome, PlatformMetrics, ProjectGauges, ProjectMetrics, RunGauges};

/// A series of one project, as an instance exports it.
fn of_project(metric: impl Into<Selector>, instance: &str) -> Selector {
    given(metric, instance).is("project_id", "storefront")
}

/// A series of one agent.
fn of_agent(metric: impl Into<Selector>, instance: &str) -> Selector {
    of_project(metric, instance).is("agent_id", "coder")
}

const THE_PROJECT: (&str, &str) = ("project_id", "storefront");
const THE_AGENT: [(&str, &str); 2] = [THE_PROJECT, ("agent_id", "coder")];

pub(super) fn agent_execution_stuck() -> Alert {
    let active = |instance| of_agent(RunGauges::LAST_ACTIVITY, instance);
    let last = format!("max by (project_id, agent_id) ({} > 0)", series(RunGauges::LAST_ACTIVITY));
    Alert::new(
        runbook!("AgentExecutionStuck"),
        AlertRule {
            when: promql(format!("time() - {last}")).above(threshold(600.0)),
            hold: "5m",
            severity: Severity::Critical,
            team: TEAM,
            summary: "A running agent does nothing",
            description: "Agent {{ $labels.agent_id }} of project {{ $labels.project_id }} is running, and has done \
                          nothing for {{ $value | humanizeDuration }}.",
            dashboard: AGENTS,
        },
    )
    .test(
        AlertTest::new("nothing since the first minute", "20m")
            .series(active("a"), "60x40")
            .fires(&THE_AGENT, "19m 0s"),
    )
    .test(AlertTest::new("it does something each minute", "20m").series(active("a"), "0+60x40"))
    .test(
        AlertTest::new("a run at another instance goes on", "20m")
            .series(active("a"), "60x40")
            .series(active("b"), "0+60x40"),
    )
    .test(AlertTest::new("the run has ended, or waits for somebody", "20m").series(active("a"), "60x5 _x40"))
    .test(AlertTest::new("a long call of a tool, of twelve minutes", "13m").series(active("a"), "60x12 780+60x20"))
}

pub(super) fn agent_execution_failed() -> Alert {
    let errors = |component: Component, code| given(ErrorMetrics::ERRORS, "a").only(component).is("error_code", code);
    let failed = rate(ErrorMetrics::ERRORS).is("error_code", Errors::AGENT_EXECUTION_ERROR);
    Alert::new(
        runbook!("AgentExecutionFailed"),
        AlertRule {
            when: failed.by(["component"]).above(threshold(0.05)),
            hold: "2m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Runs of agents fail",
            description: "In component {{ $labels.component }}, {{ $value | printf \"%.2f\" }} runs a second fail, the \
                          limit being $threshold.",
            dashboard: AGENTS,
        },
    )
    .test(
        AlertTest::new("six runs a minute fail", "10m")
            .series(errors(Component::Agent, Errors::AGENT_EXECUTION_ERROR), "0+6x20")
            .fires(&[("component", "agent")], "0.10"),
    )
    .test(
        AlertTest::new("three a minute do, which is the limit", "10m")
            .series(errors(Component::Agent, Errors::AGENT_EXECUTION_ERROR), "0+3x20"),
    )
    .test(
        AlertTest::new("nothing runs since many failed", "10m")
            .series(errors(Component::Agent, Errors::AGENT_EXECUTION_ERROR), "600x20"),
    )
    .test(
        AlertTest::new("starts beyond the limit are another alert's", "10m")
            .series(errors(Component::Agent, Errors::CONCURRENCY_LIMIT_EXCEEDED), "0+60x20"),
    )
}

pub(super) fn concurrency_limit_reached() -> Alert {
    let running = |instance| of_project(ProjectGauges::RUNNING, instance);
    let limit = |instance| of_project(ProjectGauges::MAX_CONCURRENT, instance);
    let (now, most) = (sum(ProjectGauges::RUNNING).by(PROJECT), max(ProjectGauges::MAX_CONCURRENT).by(PROJECT));
    Alert::new(
        runbook!("ConcurrencyLimitReached"),
        AlertRule {
            when: promql(format!("{now} >= {most}")),
            hold: "15m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A project runs as many agents as it may",
            description: "Project {{ $labels.project_id }} runs {{ $value }} agents, as many as it may: further tasks wait.",
            dashboard: AGENTS,
        },
    )
    .test(
        AlertTest::new("the agents of two instances reach the limit", "20m")
            .series(running("a"), "2x40")
            .series(running("b"), "1x40")
            .series(limit("a"), "3x40")
            .series(limit("b"), "3x40")
            .fires(&[THE_PROJECT], "3"),
    )
    .test(
        AlertTest::new("for ten minutes only", "20m")
            .series(running("a"), "3x10 2x40")
            .series(limit("a"), "3x40"),
    )
    .test(
        AlertTest::new("one less than the limit", "20m")
            .series(running("a"), "2x40")
            .series(limit("a"), "3x40"),
    )
    .test(AlertTest::new("nothing runs", "20m").series(running("a"), "0x40").series(limit("a"), "3x40"))
    .test(AlertTest::new("a project without a limit", "20m").series(running("a"), "30x40"))
}

pub(super) fn queue_backlog() -> Alert {
    let queue = |instance| of_project(ProjectGauges::QUEUE, instance);
    let depth = series(ProjectGauges::QUEUE);
    let grows = promql(format!("sum by (project_id) (delta({depth}[$window])) > 5"));
    Alert::new(
        runbook!("QueueBacklog"),
        AlertRule {
            when: sum(ProjectGauges::QUEUE).by(PROJECT).above(threshold(10.0)).and(grows),
            hold: "30m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A project's queue grows",
            description: "{{ $value }} tasks of project {{ $labels.project_id }} wait for an agent, more than $threshold, \
                          and they become more.",
            dashboard: AGENTS,
        },
    )
    .window("30m")
    .test(
        AlertTest::new("a task more each minute", "70m")
            .series(queue("a"), "0+1x90")
            .fires(&[THE_PROJECT], "70"),
    )
    .test(AlertTest::new("a long queue that does not grow", "70m").series(queue("a"), "50x90"))
    .test(AlertTest::new("a short queue that grows", "70m").series(queue("a"), "0+0.1x90"))
    .test(AlertTest::new("nothing waits", "70m").series(queue("a"), "0x90"))
    .test(AlertTest::new("it grew for half an hour and is worked off", "70m").series(queue("a"), "0+1x30 29-0.4x60"))
}

pub(super) fn high_rejection_rate() -> Alert {
    let decided = |outcome: ApprovalOutcome| of_project(ProjectMetrics::APPROVALS, "a").only(outcome);
    Alert::new(
        runbook!("HighRejectionRate"),
        AlertRule {
            when: share(
                rate(ProjectMetrics::APPROVALS).only(ApprovalOutcome::Rejected).by(PROJECT),
                rate(ProjectMetrics::APPROVALS).by(PROJECT),
            )
            .above(threshold(0.3))
            .and(increase(ProjectMetrics::APPROVALS).by(PROJECT).above(2.5)),
            hold: "1h",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Much of what agents make is rejected",
            description: "{{ $value | humanizePercentage }} of the decisions about tasks of project \
                          {{ $labels.project_id }} are rejections.",
            dashboard: AGENTS,
        },
    )
    .window("1h")
    .test(
        AlertTest::new("half of the tasks are rejected", "150m")
            .series(decided(ApprovalOutcome::Approved), "0+1x200")
            .series(decided(ApprovalOutcome::Rejected), "0+1x200")
            .fires(&[THE_PROJECT], "50%"),
    )
    .test(
        AlertTest::new("twenty-nine in a hundred are", "150m")
            .series(decided(ApprovalOutcome::Approved), "0+71x200")
            .series(decided(ApprovalOutcome::Rejected), "0+29x200"),
    )
    .test(
        AlertTest::new("the only decision in hours is a rejection", "150m")
            .series(decided(ApprovalOutcome::Rejected), "0x40 1x200"),
    )
    .test(
        AlertTest::new("two decisions an hour, of which one is a rejection", "200m")
            .series(decided(ApprovalOutcome::Approved), "0x29 1x60 2x60 3x60")
            .series(decided(ApprovalOutcome::Rejected), "0x59 1x60 2x60 3x60"),
    )
    .test(AlertTest::new("nobody decides", "150m").series(decided(ApprovalOutcome::Rejected), "7x200"))
}

pub(super) fn agent_approaching_turn_limit() -> Alert {
    let turn = |instance| of_agent(RunGauges::CURRENT_TURN, instance);
    let limit = |instance| of_agent(RunGauges::MAX_TURNS, instance);
    let used = promql(format!("{} / {}", max(RunGauges::CURRENT_TURN).by(AGENT), max(RunGauges::MAX_TURNS).by(AGENT)));
    Alert::new(
        runbook!("AgentApproachingTurnLimit"),
        AlertRule {
            when: used.above(threshold(0.8)),
            hold: "1m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "An agent has used most of its turns",
            description: "Agent {{ $labels.agent_id }} of project {{ $labels.project_id }} has used \
                          {{ $value | humanizePercentage }} of its turns.",
            dashboard: AGENTS,
        },
    )
    .test(
        AlertTest::new("41 of 50 turns", "5m")
            .series(turn("a"), "41x10")
            .series(limit("a"), "50x10")
            .fires(&THE_AGENT, "82%"),
    )
    .test(AlertTest::new("40 of 50 turns", "5m").series(turn("a"), "40x10").series(limit("a"), "50x10"))
    .test(AlertTest::new("a run without a limit", "5m").series(turn("a"), "400x10"))
    .test(AlertTest::new("nothing runs", "5m"))
    .test(
        AlertTest::new("the next run begins within the minute", "5m")
            .series(turn("a"), "1x3 45 1x10")
            .series(limit("a"), "50x20"),
    )
}

pub(super) fn task_cost_high() -> Alert {
    let cost = |bound| of_project(ProjectMetrics::TASK_COST, "a").bucket(bound);
    Alert::new(
        runbook!("TaskCostHigh"),
        AlertRule {
            when: quantile(0.95, ProjectMetrics::TASK_COST).by(PROJECT_OF_JOB).above(threshold(10.0)),
            hold: "15m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Tasks are dear",
            description: "One in twenty tasks of project {{ $labels.project_id }} of job {{ $labels.job }} costs \
                          {{ $value | printf \"%.2f\" }} US dollars or more, the limit being $threshold.",
            dashboard: AGENTS,
        },
    )
    .window("1h")
    .test(
        AlertTest::new("nine in ten cost more than ten dollars", "90m")
            .series(cost("5.0"), "0+1x120")
            .series(cost("10.0"), "0+1x120")
            .series(cost("25.0"), "0+10x120")
            .series(cost("+Inf"), "0+10x120")
            .fires(&[("job", "api"), THE_PROJECT], "24.17"),
    )
    .test(
        AlertTest::new("four in a hundred do", "90m")
            .series(cost("5.0"), "0+90x120")
            .series(cost("10.0"), "0+96x120")
            .series(cost("25.0"), "0+100x120")
            .series(cost("+Inf"), "0+100x120"),
    )
    .test(
        AlertTest::new("no task is completed", "90m")
            .series(cost("10.0"), "1x120")
            .series(cost("25.0"), "10x120")
            .series(cost("+Inf"), "10x120"),
    )
}

pub(super) fn new_project_created() -> Alert {
    let projects = || given(PlatformMetrics::PROJECTS, "a");
    Alert::new(
        runbook!("NewProjectCreated"),
        AlertRule {
            when: increase(PlatformMetrics::PROJECTS).above(threshold(0.0)),
            hold: "1m",
            severity: Severity::Info,
            team: "platform",
            summary: "A project was created",
            description: "{{ $value | printf \"%.0f\" }} projects were created within the last $window.",
            dashboard: OVERVIEW,
        },
    )
    .of_event()
    .test(AlertTest::new("one is created", "8m").series(projects(), "0x5 1x20").fires(&[], "1"))
    .test(AlertTest::new("one was created a while ago", "15m").series(projects(), "0x5 1x20"))
    .test(AlertTest::new("there are some", "15m").series(projects(), "3x20"))
}

pub(super) fn daily_tasks_completed() -> Alert {
    let completed = || of_project(ProjectMetrics::TASKS_COMPLETED, "a");
    let today = increase(ProjectMetrics::TASKS_COMPLETED);
    Alert::new(
        runbook!("DailyTasksCompleted"),
        AlertRule {
            when: promql(format!("{today} and on () (hour() == 0 and minute() < 10)")),
            hold: "1m",
            severity: Severity::Info,
            team: "metrics",
            summary: "The tasks of a day",
            description: "{{ $value | printf \"%.0f\" }} tasks were completed within the last day.",
            dashboard: OVERVIEW,
        },
    )
    .window("1d")
    .of_event()
    .test(AlertTest::new("at midnight, a task a minute", "24h5m").series(completed(), "0+1x1500").fires(&[], "1440"))
    .test(AlertTest::new("eleven minutes past midnight", "11m").series(completed(), "0+1x30"))
    .test(AlertTest::new("there is no project", "5m"))
}
