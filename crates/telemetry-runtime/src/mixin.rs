//! What operators see of tools, executions and workflow polling.

use telemetry_mixin::model::{Alert, AlertTest, Dashboard, Domain, Mixin, Panel, Query, RecordingRule, Runbook, Unit};

use crate::CATALOGUE;

/// The dashboards that alerts and links name.
const TOOLS: &str = "runtime-tools";
const EXECUTIONS: &str = "execution-overview";

/// Who acts on this domain's alerts.
const TEAM: &str = "agents";

/// What the tools' dashboard and the latency alert share.
const TOOL_BUCKETS: &str = "job_instance_tool_id_le:runtime_tool_execute_seconds_bucket:rate5m";
const TOOL_P95: &str = "tool_id:runtime_tool_execute_seconds:p95_rate5m";

const TOOL_RUNS: &str = "sum by (tool_id) (rate(runtime_tool_execute_seconds_count[$__rate_interval]))";

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

/// Its dashboards, rules, alerts and runbooks.
#[must_use]
pub fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(runtime_tools())
        .dashboard(execution_overview())
        .rule(RecordingRule::new(
            TOOL_BUCKETS,
            "sum by (job, instance, tool_id, le) (rate(runtime_tool_execute_seconds_bucket[5m]))",
        ))
        .rule(RecordingRule::new(TOOL_P95, format!("histogram_quantile(0.95, sum by (le, tool_id) ({TOOL_BUCKETS}))")))
        .alert(high_tool_error_rate())
        .alert(tool_timeout_spike())
        .alert(slow_tool_execution())
        .runbook(Runbook::new("HighToolErrorRate", include_str!("../runbooks/HighToolErrorRate.md")))
        .runbook(Runbook::new("ToolTimeoutSpike", include_str!("../runbooks/ToolTimeoutSpike.md")))
        .runbook(Runbook::new("SlowToolExecution", include_str!("../runbooks/SlowToolExecution.md")))
}

fn runtime_tools() -> Dashboard {
    Dashboard::new(TOOLS, "Runtime Tools", "How long tools take, how they fail, how their processes end, what they write")
        .row("Runs")
        .panel(
            Panel::stat("Timeout Rate", "Share of runs that exceeded their timeout, all tools together")
                .unit(Unit::Ratio)
                .query(Query::ratio(
                    "sum(rate(runtime_tool_timeouts_total[$__rate_interval]))",
                    "sum(rate(runtime_tool_execute_seconds_count[$__rate_interval]))",
                ))
                .threshold(0.0, "green")
                .threshold(0.01, "yellow")
                .threshold(0.05, "red")
                .alert("ToolTimeoutSpike"),
        )
        .panel(
            Panel::stat("Success Rate", "Share of runs that ended well, of those that were not dropped by their caller")
                .unit(Unit::Ratio)
                .max(1.0)
                .query(Query::ratio(
                    "sum(rate(runtime_tool_execute_seconds_count{outcome=\"success\"}[$__rate_interval]))",
                    "sum(rate(runtime_tool_execute_seconds_count{outcome!=\"cancelled\"}[$__rate_interval]))",
                ))
                .threshold(0.0, "red")
                .threshold(0.9, "yellow")
                .threshold(0.99, "green"),
        )
        .panel(
            Panel::stacked_area("Tool Runs by Outcome", "Runs that ended, by how they did; cancelled ones were dropped by their caller")
                .unit(Unit::per_second("runs"))
                .query(
                    Query::new("sum by (outcome) (rate(runtime_tool_execute_seconds_count[$__rate_interval]))")
                        .legend("{{outcome}}"),
                ),
        )
        .panel(
            Panel::time_series("Tool Runs by Tool", "Runs that ended, by tool")
                .unit(Unit::per_second("runs"))
                .query(Query::new(TOOL_RUNS).legend("{{tool_id}}")),
        )
        .panel(
            Panel::table("Slowest Tools", "95th percentile of the last 5 minutes, as the alert SlowToolExecution sees it; 30 s means 30 s or more")
                .unit(Unit::Seconds)
                .query(Query::new(format!(
                    "sort_desc(histogram_quantile(0.95, sum by (le, tool_id) ({TOOL_BUCKETS})))"
                )))
                .alert("SlowToolExecution"),
        )
        .row("Latency")
        .panel(
            Panel::time_series("Runtime Tool Execution Latency (p95)", "95th percentile from start to completion, by tool; the last bucket ends at 30 s, so that 30 s means 30 s or more")
                .unit(Unit::Seconds)
                .quantiles("runtime_tool_execute_seconds", &["tool_id"], &[0.95])
                .alert("SlowToolExecution"),
        )
        .panel(
            Panel::bucket_heatmap("Tool Execution Latency", "How the latencies of all runs are spread")
                .unit(Unit::Seconds)
                .query(
                    Query::new("sum by (le) (rate(runtime_tool_execute_seconds_bucket[$__rate_interval]))")
                        .legend("{{le}}"),
                ),
        )
        .row("Errors")
        .panel(
            Panel::stacked_area("Error Rate by Kind", "Failed runs by the point at which they failed; timeouts are among them")
                .unit(Unit::per_second("errors"))
                .query(
                    Query::new("sum by (error_kind) (rate(runtime_tool_errors_total[$__rate_interval]))")
                        .legend("{{error_kind}}"),
                )
                .alert("HighToolErrorRate"),
        )
        .panel(
            Panel::time_series("Error Rate by Tool", "Failed runs by tool")
                .unit(Unit::per_second("errors"))
                .query(
                    Query::new("sum by (tool_id) (rate(runtime_tool_errors_total[$__rate_interval]))")
                        .legend("{{tool_id}}"),
                )
                .alert("HighToolErrorRate"),
        )
        .panel(
            Panel::time_series("Timeout Rate by Tool", "Share of each tool's runs that exceeded their timeout")
                .unit(Unit::Ratio)
                .query(
                    Query::ratio("sum by (tool_id) (rate(runtime_tool_timeouts_total[$__rate_interval]))", TOOL_RUNS)
                        .legend("{{tool_id}}"),
                )
                .alert("ToolTimeoutSpike"),
        )
        .panel(
            Panel::heatmap("Process Exit Codes", "How tool processes end over time: exit codes, and the signals that killed them")
                .unit(Unit::per_second("exits"))
                .query(
                    Query::new("sum by (status, code, signal) (rate(runtime_bun_process_exits_total[$__rate_interval]))")
                        .legend("{{status}} {{code}}{{signal}}"),
                ),
        )
        .row("Output")
        .panel(
            Panel::histogram("Output Size p99", "99th percentile of what tools write to stdout: how many tools write how much")
                .unit(Unit::Bytes)
                .quantiles("runtime_tool_output_bytes", &["tool_id"], &[0.99]),
        )
        .panel(
            Panel::time_series("Output by Tool", "Bytes that tools write to stdout")
                .unit(Unit::Grafana("binBps".into()))
                .query(
                    Query::new("sum by (tool_id) (rate(runtime_tool_output_bytes_sum[$__rate_interval]))")
                        .legend("{{tool_id}}"),
                ),
        )
}

fn execution_overview() -> Dashboard {
    Dashboard::new(
        EXECUTIONS,
        "Execution Overview",
        "Synchronous and asynchronous executions of tasks, agents and workflows",
    )
    .row("Executions")
    .panel(
        Panel::time_series(
            "Execution Latency by Kind (p50/p95/p99)",
            "Quantiles of synchronous executions; the last bucket ends at 300 s",
        )
        .unit(Unit::Seconds)
        .quantiles("http_exec_sync_latency_seconds", &["kind"], &[0.5, 0.95, 0.99]),
    )
    .panel(
        Panel::stacked_area("Executions by Outcome", "Synchronous executions that ended, by kind and by how they did")
            .unit(Unit::per_second("executions"))
            .query(
                Query::new("sum by (kind, outcome) (rate(http_exec_sync_latency_seconds_count[$__rate_interval]))")
                    .legend("{{kind}} {{outcome}}"),
            ),
    )
    .panel(
        Panel::gauge("Async Started Rate", "Asynchronous executions that were accepted, by kind")
            .unit(Unit::per_second("starts"))
            .query(Query::new("sum by (kind) (rate(http_exec_started_total[$__rate_interval]))").legend("{{kind}}")),
    )
    .panel(
        Panel::time_series(
            "Async to Sync Ratio",
            "Asynchronous starts for each synchronous execution; workflows only run synchronously",
        )
        .query(
            Query::ratio(
                "sum by (kind) (rate(http_exec_started_total[$__rate_interval]))",
                "sum by (kind) (rate(http_exec_sync_latency_seconds_count[$__rate_interval]))",
            )
            .legend("{{kind}}"),
        )
        .size(18, 8),
    )
    .row("Failures")
    .panel(
        Panel::heatmap(
            "Error Rate by Kind and Status Code",
            "Answers of the execution endpoints that were errors, a row for each kind and status code",
        )
        .unit(Unit::per_second("errors"))
        .query(
            Query::new("sum by (kind, code) (rate(http_exec_errors_total[$__rate_interval]))")
                .legend("{{kind}} {{code}}"),
        ),
    )
    .panel(
        Panel::time_series("Execution Timeout Rate", "Share of synchronous executions that exceeded their time limit")
            .unit(Unit::Ratio)
            .query(
                Query::ratio(
                    "sum by (kind) (rate(http_exec_timeouts_total[$__rate_interval]))",
                    "sum by (kind) (rate(http_exec_sync_latency_seconds_count[$__rate_interval]))",
                )
                .legend("{{kind}}"),
            ),
    )
    .row("Workflow Polling")
    .panel(
        Panel::histogram(
            "Workflow Poll Time",
            "95th percentile of the time spent waiting for a workflow: how many workflows wait how long",
        )
        .unit(Unit::Seconds)
        .quantiles("workflow_sync_poll_duration_seconds", &["workflow_id"], &[0.95])
        .size(8, 8),
    )
    .panel(
        Panel::time_series(
            "Polls per Workflow Execution",
            "How often a workflow was asked for its state until it was done",
        )
        .query(
            Query::ratio(
                "sum by (workflow_id) (rate(workflow_sync_polls_total[$__rate_interval]))",
                "sum by (workflow_id) (rate(workflow_sync_poll_duration_seconds_count[$__rate_interval]))",
            )
            .legend("{{workflow_id}}"),
        )
        .size(8, 8),
    )
    .panel(
        Panel::stacked_area("Polls by Outcome", "Poll iterations by how their wait ended")
            .unit(Unit::per_second("polls"))
            .query(
                Query::new("sum by (outcome) (rate(workflow_sync_polls_total[$__rate_interval]))")
                    .legend("{{outcome}}"),
            )
            .size(8, 8),
    )
}

fn high_tool_error_rate() -> Alert {
    let errors = r#"runtime_tool_errors_total{job="api", instance="a", tool_id="git-diff", error_kind="wait"}"#;
    let elsewhere = r#"runtime_tool_errors_total{job="api", instance="b", tool_id="git-diff", error_kind="start"}"#;
    Alert::new("HighToolErrorRate", "sum by (tool_id) (rate(runtime_tool_errors_total[$window])) > $threshold")
        .threshold(0.1)
        .hold("2m")
        .team(TEAM)
        .summary("A tool fails often")
        .description("Tool {{ $labels.tool_id }} fails {{ $value | printf \"%.2f\" }} times a second, the limit being $threshold.")
        .dashboard(TOOLS)
        .test(
            AlertTest::new("errors of two instances add up", "10m")
                .series(errors, "0+15x20")
                .series(elsewhere, "0+15x20")
                .fires(&[("tool_id", "git-diff")], "0.50"),
        )
        .test(AlertTest::new("an error every twenty seconds is not often", "10m").series(errors, "0+3x20"))
        .test(AlertTest::new("it has to hold for two minutes", "2m").series(errors, "0+30x20"))
}

fn tool_timeout_spike() -> Alert {
    let timeouts = r#"runtime_tool_timeouts_total{job="api", instance="a", tool_id="git-diff"}"#;
    let timed_out =
        r#"runtime_tool_execute_seconds_count{job="api", instance="a", tool_id="git-diff", outcome="timeout"}"#;
    let succeeded =
        r#"runtime_tool_execute_seconds_count{job="api", instance="a", tool_id="git-diff", outcome="success"}"#;
    Alert::new(
        "ToolTimeoutSpike",
        "sum by (tool_id) (rate(runtime_tool_timeouts_total[$window])) \
         / sum by (tool_id) (rate(runtime_tool_execute_seconds_count[$window])) > $threshold",
    )
    .threshold(0.05)
    .hold("2m")
    .team(TEAM)
    .summary("A tool exceeds its timeout in many of its runs")
    .description("{{ $value | humanizePercentage }} of the runs of tool {{ $labels.tool_id }} exceed their timeout.")
    .dashboard(TOOLS)
    .test(
        AlertTest::new("a tenth of the runs exceed their timeout", "10m")
            .series(timeouts, "0+6x20")
            .series(timed_out, "0+6x20")
            .series(succeeded, "0+54x20")
            .fires(&[("tool_id", "git-diff")], "10%"),
    )
    .test(
        AlertTest::new("one run in a hundred does", "10m")
            .series(timeouts, "0+1x20")
            .series(timed_out, "0+1x20")
            .series(succeeded, "0+99x20"),
    )
    .test(
        AlertTest::new("no run at all is no timeout", "10m")
            .series(timeouts, "6x20")
            .series(timed_out, "6x20")
            .series(succeeded, "54x20"),
    )
}

fn slow_tool_execution() -> Alert {
    let bucket = |le: &str| {
        format!(
            r#"runtime_tool_execute_seconds_bucket{{job="api", instance="a", tool_id="search", outcome="success", le="{le}"}}"#
        )
    };
    Alert::new("SlowToolExecution", format!("{TOOL_P95} >= $threshold"))
        .threshold(30.0)
        .hold("5m")
        .team(TEAM)
        .summary("A tool is slow in many of its runs")
        .description("One run in twenty of tool {{ $labels.tool_id }} takes {{ $value | humanizeDuration }} or longer.")
        .dashboard(TOOLS)
        .test(
            AlertTest::new("a tenth of the runs take longer than the last bucket", "15m")
                .series(bucket("10.0"), "0+54x30")
                .series(bucket("30.0"), "0+54x30")
                .series(bucket("+Inf"), "0+60x30")
                .fires(&[("tool_id", "search")], "30s"),
        )
        .test(
            AlertTest::new("one run in a hundred does", "15m")
                .series(bucket("10.0"), "0+99x30")
                .series(bucket("30.0"), "0+99x30")
                .series(bucket("+Inf"), "0+100x30"),
        )
        .test(
            AlertTest::new("all runs end between ten and thirty seconds", "15m")
                .series(bucket("10.0"), "0+0x30")
                .series(bucket("30.0"), "0+60x30")
                .series(bucket("+Inf"), "0+60x30"),
        )
}
