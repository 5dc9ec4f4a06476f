//! What operators see of tools, executions and workflow polling.

use telemetry_mixin::model::{
    Alert, AlertRule, AlertTest, Dashboard, Domain, Mixin, Panel, RecordedQuantile, Severity, Unit, Variable,
};
use telemetry_mixin::query::{amount, buckets, given, quantiles, rate, series, share, sorted, threshold};
use telemetry_mixin::runbook;

use crate::CATALOGUE;
use crate::metrics::{
    ErrorKind, ExecutionErrorMetrics, ExecutionMetrics, Outcome, ProcessExitMetrics, ToolMetrics, WorkflowMetrics,
};

/// The dashboards that alerts and links name.
const TOOLS: &str = "runtime-tools";
const EXECUTIONS: &str = "execution-overview";

/// Who acts on this domain's alerts.
const TEAM: &str = "agents";

const TOOL: [&str; 1] = ["tool_id"];
const KIND: [&str; 1] = ["kind"];
const WORKFLOW: [&str; 1] = ["workflow_id"];

/// What the tools' dashboard and the latency alert share.
fn slow() -> RecordedQuantile {
    RecordedQuantile::new(0.95, ToolMetrics::EXECUTE, &TOOL, "5m")
}

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
        .alert(high_tool_error_rate())
        .alert(tool_timeout_spike())
        .alert(slow_tool_execution())
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
            .alert("HighToolErrorRate"),
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

fn high_tool_error_rate() -> Alert {
    let errors = |instance, kind: ErrorKind| given(ToolMetrics::ERRORS, instance).is("tool_id", "git-diff").only(kind);
    Alert::new(
        runbook!("HighToolErrorRate"),
        AlertRule {
            when: rate(ToolMetrics::ERRORS).by(TOOL).above(threshold(0.1)),
            hold: "2m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A tool fails often",
            description: "Tool {{ $labels.tool_id }} fails {{ $value | printf \"%.2f\" }} times a second, the limit being $threshold.",
            dashboard: TOOLS,
        },
    )
    .test(
        AlertTest::new("errors of two instances add up", "10m")
            .series(errors("a", ErrorKind::Wait), "0+15x20")
            .series(errors("b", ErrorKind::Start), "0+15x20")
            .fires(&[("tool_id", "git-diff")], "0.50"),
    )
    .test(
        AlertTest::new("an error every twenty seconds is not often", "10m")
            .series(errors("a", ErrorKind::Wait), "0+3x20"),
    )
    .test(AlertTest::new("it has to hold for two minutes", "2m").series(errors("a", ErrorKind::Wait), "0+30x20"))
}

fn tool_timeout_spike() -> Alert {
    let timeouts = || given(ToolMetrics::TIMEOUTS, "a").is("tool_id", "git-diff");
    let ended = |outcome: Outcome| given(ToolMetrics::EXECUTE, "a").count().is("tool_id", "git-diff").only(outcome);
    Alert::new(
        runbook!("ToolTimeoutSpike"),
        AlertRule {
            when: (rate(ToolMetrics::TIMEOUTS).by(TOOL) / rate(ToolMetrics::EXECUTE).by(TOOL)).above(threshold(0.05)),
            hold: "2m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A tool exceeds its timeout in many of its runs",
            description: "{{ $value | humanizePercentage }} of the runs of tool {{ $labels.tool_id }} exceed their timeout.",
            dashboard: TOOLS,
        },
    )
    .test(
        AlertTest::new("a tenth of the runs exceed their timeout", "10m")
            .series(timeouts(), "0+6x20")
            .series(ended(Outcome::Timeout), "0+6x20")
            .series(ended(Outcome::Success), "0+54x20")
            .fires(&[("tool_id", "git-diff")], "10%"),
    )
    .test(
        AlertTest::new("one run in a hundred does", "10m")
            .series(timeouts(), "0+1x20")
            .series(ended(Outcome::Timeout), "0+1x20")
            .series(ended(Outcome::Success), "0+99x20"),
    )
    .test(
        AlertTest::new("no run at all is no timeout", "10m")
            .series(timeouts(), "6x20")
            .series(ended(Outcome::Timeout), "6x20")
            .series(ended(Outcome::Success), "54x20"),
    )
}

fn slow_tool_execution() -> Alert {
    let taken = |bound| given(ToolMetrics::EXECUTE, "a").is("tool_id", "search").only(Outcome::Success).bucket(bound);
    Alert::new(
        runbook!("SlowToolExecution"),
        AlertRule {
            when: slow().value().at_least(threshold(30.0)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A tool is slow in many of its runs",
            description: "One run in twenty of tool {{ $labels.tool_id }} takes {{ $value | humanizeDuration }} or longer.",
            dashboard: TOOLS,
        },
    )
    .test(
        AlertTest::new("a tenth of the runs take longer than the last bucket", "15m")
            .series(taken("10.0"), "0+54x30")
            .series(taken("30.0"), "0+54x30")
            .series(taken("+Inf"), "0+60x30")
            .fires(&[("tool_id", "search")], "30s"),
    )
    .test(
        AlertTest::new("one run in a hundred does", "15m")
            .series(taken("10.0"), "0+99x30")
            .series(taken("30.0"), "0+99x30")
            .series(taken("+Inf"), "0+100x30"),
    )
    .test(
        AlertTest::new("all runs end between ten and thirty seconds", "15m")
            .series(taken("10.0"), "0+0x30")
            .series(taken("30.0"), "0+60x30")
            .series(taken("+Inf"), "0+60x30"),
    )
}
