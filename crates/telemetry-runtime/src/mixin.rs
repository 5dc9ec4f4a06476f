//! What operators see of tools, executions and workflow polling.

mod alerts;
mod names;
mod objectives;

use telemetry_mixin::model::{Dashboard, Domain, Mixin, Panel, Unit, Variable};
use telemetry_mixin::query::{amount, buckets, quantiles, rate, series, share, sorted};

use self::names::{TEAM, TOOL, TOOLS, slow};
use crate::CATALOGUE;
use crate::metrics::{
    ExecutionErrorMetrics, ExecutionMetrics, Outcome, ProcessExitMetrics, ToolMetrics, WorkflowMetrics,
};

/// The slug of the dashboard that no alert names.
const EXECUTIONS: &str = "execution-overview";

const KIND: [&str; 1] = ["kind"];
const WORKFLOW: [&str; 1] = ["workflow_id"];

/// The runtime domain, for the generator.
///
/// ```
/// use telemetry_mixin::{GeneratorSettings, generate};
///
/// let files = generate(&GeneratorSettings::default(), &[telemetry_runtime::mixin::domain()])?;
/// assert!(files.get("deploy/grafana/dashboards/runtime-tools.json").is_some());
/// # Ok::<(), telemetry_mixin::GenerateErrors>(())
/// ```
#[must_use]
pub fn domain() -> Domain {
    Domain::new("runtime", CATALOGUE, mixin())
}

/// Its dashboards, rules and alerts.
#[must_use]
pub fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(runtime_tools())
        .dashboard(execution_overview())
        .rules(slow().rules())
        .alert(alerts::high_tool_error_rate())
        .alert(alerts::most_tool_runs_fail())
        .alert(alerts::tool_timeout_spike())
        .alert(alerts::slow_tool_execution())
        .slos(objectives::all(TEAM, TOOLS))
}

fn runtime_tools() -> Dashboard {
    Dashboard::new(TOOLS, "Runtime Tools", "How long tools take, how they fail, how their processes end, what they write")
        .variable(Variable::new("tool_id", "Tool", series(ToolMetrics::EXECUTE).count()))
        .row("Runs")
        .at_a_glance(
            Panel::stat(
                "Error Share",
                "Share of runs that failed or exceeded their timeout, of those that were not dropped by their caller",
                Unit::Ratio,
                share(
                    rate(ToolMetrics::EXECUTE).matches("outcome", "error|timeout"),
                    rate(ToolMetrics::EXECUTE).except(Outcome::Cancelled),
                ),
            )
            .threshold(0.0, "green")
            .threshold(0.01, "yellow")
            .threshold(0.05, "red")
            .alert("HighToolErrorRate")
            .size(6, 4),
        )
        .panel(
            Panel::stat(
                "Timeout Rate",
                "Share of runs that exceeded their timeout, all tools together",
                Unit::Ratio,
                share(rate(ToolMetrics::TIMEOUTS), rate(ToolMetrics::EXECUTE)),
            )
            .threshold(0.0, "green")
            .threshold(0.01, "yellow")
            .threshold(0.05, "red")
            .alert("ToolTimeoutSpike"),
        )
        .panel(
            Panel::stat(
                "Success Rate",
                "Share of runs that ended well, of those that were not dropped by their caller",
                Unit::Ratio,
                share(
                    rate(ToolMetrics::EXECUTE).only(Outcome::Success),
                    rate(ToolMetrics::EXECUTE).except(Outcome::Cancelled),
                ),
            )
            .max(1.0)
            .threshold(0.0, "red")
            .threshold(0.9, "yellow")
            .threshold(0.99, "green"),
        )
        .panel(Panel::stacked_area(
            "Tool Runs by Outcome",
            "Runs that ended, by how they did; cancelled ones were dropped by their caller",
            Unit::per_second("runs"),
            rate(ToolMetrics::EXECUTE).by(["outcome"]),
        ))
        .panel(Panel::time_series(
            "Tool Runs by Tool",
            "Runs that ended, by tool",
            Unit::per_second("runs"),
            rate(ToolMetrics::EXECUTE).by(TOOL),
        ))
        .panel(
            Panel::table(
                "Slowest Tools",
                "95th percentile of the last 5 minutes, as the alert SlowToolExecution sees it; 30 s means 30 s or more",
                Unit::Seconds,
                sorted(slow().of_chosen_instances()),
            )
            .alert("SlowToolExecution"),
        )
        .row("Latency")
        .panel(
            Panel::time_series(
                "Runtime Tool Execution Latency (p95)",
                "95th percentile from start to completion, by tool; the last bucket ends at 30 s, so that 30 s means 30 s or more",
                Unit::Seconds,
                quantiles([0.95], ToolMetrics::EXECUTE).by(TOOL),
            )
            .alert("SlowToolExecution"),
        )
        .panel(Panel::bucket_heatmap(
            "Tool Execution Latency",
            "How the latencies of all runs are spread",
            Unit::Seconds,
            buckets(ToolMetrics::EXECUTE),
        ))
        .row("Errors")
        .panel(
            Panel::stacked_area(
                "Error Rate by Kind",
                "Failed runs by the point at which they failed; timeouts are among them",
                Unit::per_second("errors"),
                rate(ToolMetrics::ERRORS).by(["error_kind"]),
            )
            .alert("HighToolErrorRate"),
        )
        .panel(
            Panel::time_series(
                "Error Rate by Tool",
                "Failed runs by tool",
                Unit::per_second("errors"),
                rate(ToolMetrics::ERRORS).by(TOOL),
            )
            .alert("HighToolErrorRate")
            .alert("MostToolRunsFail"),
        )
        .panel(
            Panel::time_series(
                "Timeout Rate by Tool",
                "Share of each tool's runs that exceeded their timeout",
                Unit::Ratio,
                share(rate(ToolMetrics::TIMEOUTS).by(TOOL), rate(ToolMetrics::EXECUTE).by(TOOL)),
            )
            .alert("ToolTimeoutSpike"),
        )
        .panel(Panel::heatmap(
            "Process Exit Codes",
            "How tool processes end over time: exit codes, and the signals that killed them",
            Unit::per_second("exits"),
            // One of code and signal is always empty.
            rate(ProcessExitMetrics::EXITS).by(["status", "code", "signal"]).legend("{{status}} {{code}}{{signal}}"),
        ))
        .row("Output")
        .panel(Panel::histogram(
            "Output Size p99",
            "99th percentile of what tools write to stdout: how many tools write how much",
            Unit::Bytes,
            quantiles([0.99], ToolMetrics::OUTPUT).by(TOOL),
        ))
        .panel(Panel::time_series(
            "Output by Tool",
            "Bytes that tools write to stdout",
            Unit::Grafana("binBps".into()),
            amount(ToolMetrics::OUTPUT).by(TOOL),
        ))
}

fn execution_overview() -> Dashboard {
    Dashboard::new(
        EXECUTIONS,
        "Execution Overview",
        "Synchronous and asynchronous executions of tasks, agents and workflows",
    )
    .row("Executions")
    .at_a_glance(
        Panel::stat(
            "Error Share",
            "Share of synchronous executions that failed or exceeded their time limit",
            Unit::Ratio,
            share(
                rate(ExecutionMetrics::LATENCY).matches("outcome", "error|timeout"),
                rate(ExecutionMetrics::LATENCY).except(Outcome::Cancelled),
            ),
        )
        .threshold(0.0, "green")
        .threshold(0.01, "yellow")
        .threshold(0.05, "red")
        .size(6, 4),
    )
    .panel(Panel::time_series(
        "Execution Latency by Kind (p50/p95/p99)",
        "Quantiles of synchronous executions; the last bucket ends at 300 s",
        Unit::Seconds,
        quantiles([0.5, 0.95, 0.99], ExecutionMetrics::LATENCY).by(KIND),
    ))
    .panel(Panel::stacked_area(
        "Executions by Outcome",
        "Synchronous executions that ended, by kind and by how they did",
        Unit::per_second("executions"),
        rate(ExecutionMetrics::LATENCY).by(["kind", "outcome"]),
    ))
    .panel(Panel::gauge(
        "Async Started Rate",
        "Asynchronous executions that were accepted, by kind",
        Unit::per_second("starts"),
        rate(ExecutionMetrics::STARTED).by(KIND),
    ))
    .panel(
        Panel::time_series(
            "Async to Sync Ratio",
            "Asynchronous starts for each synchronous execution; workflows only run synchronously",
            Unit::Short,
            share(rate(ExecutionMetrics::STARTED).by(KIND), rate(ExecutionMetrics::LATENCY).by(KIND)),
        )
        .size(18, 8),
    )
    .row("Failures")
    .panel(Panel::heatmap(
        "Error Rate by Kind and Status Code",
        "Executions that ended in an error, a row for each kind and HTTP status code; none is the code of those without one",
        Unit::per_second("errors"),
        rate(ExecutionErrorMetrics::ERRORS).by(["kind", "code"]),
    ))
    .panel(Panel::time_series(
        "Execution Timeout Rate",
        "Share of synchronous executions that exceeded their time limit",
        Unit::Ratio,
        share(rate(ExecutionMetrics::TIMEOUTS).by(KIND), rate(ExecutionMetrics::LATENCY).by(KIND)),
    ))
    .row("Workflow Polling")
    .panel(
        Panel::histogram(
            "Workflow Poll Time",
            "95th percentile of the time spent waiting for a workflow: how many workflows wait how long",
            Unit::Seconds,
            quantiles([0.95], WorkflowMetrics::DURATION).by(WORKFLOW),
        )
        .size(8, 8),
    )
    .panel(
        Panel::time_series(
            "Polls per Workflow Execution",
            "How often a workflow was asked for its state until it was done",
            Unit::Short,
            share(rate(WorkflowMetrics::POLLS).by(WORKFLOW), rate(WorkflowMetrics::DURATION).by(WORKFLOW)),
        )
        .size(8, 8),
    )
    .panel(
        Panel::stacked_area(
            "Polls by Outcome",
            "Poll iterations by how their wait ended",
            Unit::per_second("polls"),
            rate(WorkflowMetrics::POLLS).by(["outcome"]),
        )
        .size(8, 8),
    )
}
