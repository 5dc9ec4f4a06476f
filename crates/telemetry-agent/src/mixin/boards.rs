//! The dashboard Agent Performance, and what Overview has of agents.

use telemetry_core::MetricDef;
use telemetry_mixin::model::{Dashboard, Panel, Unit, Variable};
use telemetry_mixin::query::{
    Selector, buckets, increase, max, promql, quantile, quantiles, rate, series, share, sorted, sum,
};

use super::names::{AGENT, AGENTS, PROJECT};
use crate::metrics::{
    AgentGauges, AgentMetrics, ApprovalOutcome, ProjectGauges, ProjectMetrics, RunGauges, RunStatus, ToolMetrics,
    ToolStatus,
};

/// What tells an agent of one process from one of the same name in another: each has a status of its own.
const IN_PROCESS: [&str; 3] = ["project_id", "agent_id", "instance"];

/// The series of the projects that are chosen.
fn chosen(metric: impl Into<Selector>) -> Selector {
    series(metric).matches("project_id", "$project_id")
}

/// The series of the agents that are chosen, of a metric that has no project.
fn of_agents(metric: impl Into<Selector>) -> Selector {
    series(metric).matches("agent_id", "$agent_id")
}

pub(super) fn overview() -> Dashboard {
    Dashboard::overview()
        .row("Service Health")
        .panel(
            Panel::stat(
                "Active Agents",
                "Agents that are running, of all projects",
                Unit::Short,
                sum(ProjectGauges::RUNNING),
            )
            .alert("ConcurrencyLimitReached"),
        )
        .panel(Panel::stat(
            "Active Sessions",
            "Sessions that have not ended, of all projects",
            Unit::Short,
            sum(ProjectGauges::SESSIONS),
        ))
        .row("Task Pipeline")
        .panel(
            Panel::bar(
                "Tasks by Column",
                "Tasks of all projects, by where they stand",
                Unit::Short,
                sum(ProjectGauges::TASKS).by(["column"]),
            )
            .alert("QueueBacklog"),
        )
        .panel(
            Panel::time_series(
                "Task Completion Rate",
                "Tasks that were verified within the last hour",
                Unit::Grafana("suffix: tasks/h".into()),
                increase(ProjectMetrics::TASKS_COMPLETED).over("1h"),
            )
            .alert("LowTaskCompletionRate"),
        )
        .panel(
            Panel::time_series(
                "Queue Depth",
                "Tasks that wait for an agent, by project",
                Unit::Short,
                sum(ProjectGauges::QUEUE).by(PROJECT),
            )
            .alert("QueueBacklog"),
        )
}

pub(super) fn agent_performance() -> Dashboard {
    let agents = series(AgentGauges::STATUS).matches("project_id", "$project_id");
    let board = Dashboard::new(
        AGENTS,
        "Agent Performance",
        "What agents are doing, how their runs, turns and tools go, how tasks pass, and what it costs",
    )
    .refresh("10s")
    .variable(Variable::new("project_id", "Project", series(ProjectGauges::AGENTS).to_string()))
    .variable(Variable::new("agent_id", "Agent", agents.to_string()))
    .variable(Variable::new("tool", "Tool", of_agents(ToolMetrics::CALLS)));
    let board = status(board.row("Agent Status")).at_a_glance(
        Panel::stat(
            "Error Share",
            "Share of the runs that failed, of those that were not given up",
            Unit::Ratio,
            share(
                rate(chosen(AgentMetrics::RUNS)).only(RunStatus::Failed),
                rate(chosen(AgentMetrics::RUNS)).except(RunStatus::Cancelled),
            ),
        )
        .threshold(0.0, "green")
        .threshold(0.1, "yellow")
        .threshold(0.25, "red")
        .alert("LowAgentSuccessRate")
        .size(6, 4),
    );
    let board = execution(board.row("Execution Metrics"));
    let board = tools(board.row("Tool Execution"));
    let board = tasks(board.row("Tasks and Approvals"));
    cost(board.row("Cost"))
}

fn status(board: Dashboard) -> Dashboard {
    let (turn, limit) = (chosen(RunGauges::CURRENT_TURN), chosen(RunGauges::MAX_TURNS));
    let last = chosen(RunGauges::LAST_ACTIVITY);
    board
        .panel(
            Panel::table(
                "Agents",
                "Agents that are there, by the process that they are in, and what each is doing; of those that run, their turn, their limit if they have one, \
                 and the seconds since they last did something, unless they wait for somebody",
                Unit::Short,
                [
                    promql(format!(
                        "max by (project_id, agent_id, instance, status) ({}) == 1",
                        chosen(AgentGauges::STATUS)
                    ))
                    .legend("{{instance}}"),
                    max(turn.clone()).by(IN_PROCESS).legend("Turn"),
                    max(limit.clone()).by(IN_PROCESS).legend("Turn limit"),
                    promql(format!("time() - {}", max(last.clone()).by(IN_PROCESS))).legend("Seconds since last activity"),
                ],
            )
            .alert("AgentExecutionStuck"),
        )
        .panel(
            Panel::stat("Running Agents", "Agents that are running", Unit::Short, sum(chosen(ProjectGauges::RUNNING)))
                .alert("ConcurrencyLimitReached"),
        )
        .panel(
            Panel::gauge(
                "Concurrency Used",
                "Share of the concurrent agents that a project allows; a project without a limit is not there",
                Unit::Ratio,
                promql(format!(
                    "{} / {}",
                    sum(chosen(ProjectGauges::RUNNING)).by(PROJECT),
                    max(chosen(ProjectGauges::MAX_CONCURRENT)).by(PROJECT)
                ))
                .legend("{{project_id}}"),
            )
            .max(1.0)
            .threshold(0.0, "green")
            .threshold(0.8, "yellow")
            .threshold(1.0, "red")
            .alert("ConcurrencyLimitReached"),
        )
        .panel(
            Panel::table(
                "Turns of Running Agents",
                "Share of its turn limit that each running agent has used; one without a limit is not there",
                Unit::Ratio,
                sorted(promql(format!("{} / {}", max(turn).by(AGENT), max(limit).by(AGENT)))),
            )
            .alert("AgentApproachingTurnLimit"),
        )
        .panel(
            Panel::table(
                "Time since Last Activity",
                "Time since each running agent last did something; one that waits for somebody is not there",
                Unit::Seconds,
                sorted(promql(format!("time() - {}", max(last).by(AGENT)))),
            )
            .alert("AgentExecutionStuck"),
        )
}

fn execution(board: Dashboard) -> Dashboard {
    board
        .panel(
            Panel::bucket_bars(
                "Turns per Task",
                "How many turns tasks took that were completed: how many tasks a second are in each range",
                Unit::per_second("tasks"),
                buckets(chosen(ProjectMetrics::TURNS_PER_TASK)).legend("≤ {{le}} turns"),
            )
            .alert("TurnInefficiency"),
        )
        .panel(
            Panel::bucket_bars(
                "Task Duration",
                "How long tasks took from their creation to their completion: how many tasks a second are in each range",
                Unit::per_second("tasks"),
                buckets(chosen(ProjectMetrics::TASK_DURATION)).legend("≤ {{le}} s"),
            )
            .alert("SlowTasks"),
        )
        .panel(Panel::time_series(
            "Turn Timeline",
            "Turns that agents start",
            Unit::per_second("turns"),
            rate(chosen(AgentMetrics::TURNS)).by(["agent_id"]),
        ))
        .panel(
            Panel::time_series(
                "Failed Agent Runs",
                "Runs that failed, by agent",
                Unit::per_second("runs"),
                rate(chosen(AgentMetrics::RUNS)).only(RunStatus::Failed).by(["agent_id"]),
            )
            .alert("AgentExecutionFailed"),
        )
        .panel(
            Panel::stacked_area(
                "Runs by End",
                "Runs that ended, by how they did; cancelled ones were given up",
                Unit::per_second("runs"),
                rate(chosen(AgentMetrics::RUNS)).by(["status"]),
            )
            .alert("LowAgentSuccessRate"),
        )
        .panel(
            Panel::time_series(
                "Agent Success Rate",
                "Share of the runs that were completed, of those that were not given up",
                Unit::Ratio,
                share(
                    rate(chosen(AgentMetrics::RUNS)).only(RunStatus::Completed).by(PROJECT),
                    rate(chosen(AgentMetrics::RUNS)).except(RunStatus::Cancelled).by(PROJECT),
                ),
            )
            .max(1.0)
            .alert("LowAgentSuccessRate"),
        )
}

fn tools(board: Dashboard) -> Dashboard {
    board
        .panel(Panel::pie(
            "Tool Usage Distribution",
            "Which tools agents call",
            Unit::Short,
            increase(of_agents(ToolMetrics::CALLS)).by(["tool"]).over("$__range"),
        ))
        .panel(
            Panel::bucket_heatmap(
                "Tool Latency Heatmap",
                "How long tools take; a call that is denied takes no time",
                Unit::Seconds,
                buckets(of_agents(ToolMetrics::DURATION)),
            )
            .size(16, 8),
        )
        .panel(Panel::time_series(
            "Tool Errors",
            "Calls of tools that failed",
            Unit::per_second("errors"),
            rate(of_agents(ToolMetrics::CALLS)).only(ToolStatus::Error).by(["tool"]),
        ))
        .panel(Panel::time_series(
            "Denied Tool Calls",
            "Calls of tools that the agent was not allowed to make",
            Unit::per_second("calls"),
            rate(of_agents(ToolMetrics::CALLS)).only(ToolStatus::Denied).by(["tool"]),
        ))
        .panel(Panel::time_series(
            "Tool Latency (p95) by Tool",
            "95th percentile by tool; the last bucket ends at 30 s, so that 30 s means 30 s or more",
            Unit::Seconds,
            quantile(0.95, of_agents(ToolMetrics::DURATION)).by(["tool"]),
        ))
}

fn tasks(board: Dashboard) -> Dashboard {
    let passed = |title: &str, description: &str, metric: &'static MetricDef| {
        let per_project = rate(chosen(metric)).by(PROJECT);
        Panel::time_series(title, description, Unit::per_second("tasks"), per_project)
            .size(8, 8)
            .alert("LowTaskCompletionRate")
    };
    board
        .panel(passed("Tasks Created", "Tasks that entered the board, by project", ProjectMetrics::TASKS_CREATED))
        .panel(passed("Tasks Started", "Tasks that were begun, by project", ProjectMetrics::TASKS_STARTED))
        .panel(passed("Tasks Completed", "Tasks that were verified, by project", ProjectMetrics::TASKS_COMPLETED))
        .panel(
            Panel::time_series(
                "Queue Wait (p50/p95)",
                "How long tasks waited in the queue for an agent",
                Unit::Seconds,
                quantiles([0.5, 0.95], chosen(ProjectMetrics::QUEUE_WAIT)),
            )
            .alert("QueueBacklog"),
        )
        .panel(
            Panel::time_series(
                "Approval Wait (p50/p95)",
                "How long tasks waited for somebody to look at them",
                Unit::Seconds,
                quantiles([0.5, 0.95], chosen(ProjectMetrics::APPROVAL_WAIT)),
            )
            .alert("SlowApprovals"),
        )
        .panel(
            Panel::time_series(
                "Rejection Rate",
                "Share of the decisions by which a task was rejected",
                Unit::Ratio,
                share(
                    rate(chosen(ProjectMetrics::APPROVALS)).only(ApprovalOutcome::Rejected).by(PROJECT),
                    rate(chosen(ProjectMetrics::APPROVALS)).by(PROJECT),
                ),
            )
            .max(1.0)
            .alert("HighRejectionRate"),
        )
}

fn cost(board: Dashboard) -> Dashboard {
    board
        .panel(Panel::bar(
            "Spend by Agent (24h)",
            "What the calls to models cost that were made under an agent's runs, without those of its sub-agents",
            Unit::Usd,
            increase(chosen(AgentMetrics::COST)).by(AGENT).over("24h"),
        ))
        .panel(
            Panel::time_series(
                "Cost per Task (p50/p95)",
                "What completed tasks cost, all their runs and sub-agents together; tasks of unknown cost are left out",
                Unit::Usd,
                quantiles([0.5, 0.95], chosen(ProjectMetrics::TASK_COST)),
            )
            .alert("TaskCostHigh"),
        )
        .panel(Panel::stacked_area(
            "Tokens by Agent",
            "Tokens of the calls to models that were made under an agent's runs",
            Unit::per_second("tokens"),
            rate(chosen(AgentMetrics::TOKENS)).by(["agent_id", "type"]),
        ))
}
