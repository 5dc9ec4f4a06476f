//! What operators see of MCP tools, connections and the registry.

use telemetry_mixin::model::{Alert, AlertTest, Dashboard, Domain, Mixin, Panel, Query, RecordingRule, Runbook, Unit};

use crate::CATALOGUE;

/// The dashboard that alerts name.
const TOOLS: &str = "mcp-tools";

/// Who acts on this domain's alerts.
const TEAM: &str = "agents";

/// What the dashboard and the latency alert share.
const TOOL_BUCKETS: &str = "job_instance_server_id_tool_name_le:mcp_tool_execute_seconds_bucket:rate5m";
const TOOL_P95: &str = "server_id_tool_name:mcp_tool_execute_seconds:p95_rate5m";

/// The MCP domain, for the generator.
///
/// ```
/// use telemetry_mixin::{GeneratorSettings, generate};
///
/// let files = generate(&GeneratorSettings::default(), &[telemetry_mcp::mixin::domain()])?;
/// assert!(files.get("deploy/grafana/dashboards/mcp-tools.json").is_some());
/// # Ok::<(), telemetry_mixin::GenerateErrors>(())
/// ```
#[must_use]
pub fn domain() -> Domain {
    Domain::new("mcp", CATALOGUE, mixin())
}

/// Its dashboard, rules, alerts and runbooks.
#[must_use]
pub fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(mcp_tools())
        .rule(RecordingRule::new(
            TOOL_BUCKETS,
            "sum by (job, instance, server_id, tool_name, le) (rate(mcp_tool_execute_seconds_bucket[5m]))",
        ))
        .rule(RecordingRule::new(
            TOOL_P95,
            format!("histogram_quantile(0.95, sum by (le, server_id, tool_name) ({TOOL_BUCKETS}))"),
        ))
        .alert(high_mcp_tool_error_rate())
        .alert(slow_mcp_tool_execution())
        .alert(mcp_server_disconnected())
        .runbook(Runbook::new("HighMCPToolErrorRate", include_str!("../runbooks/HighMCPToolErrorRate.md")))
        .runbook(Runbook::new("SlowMCPToolExecution", include_str!("../runbooks/SlowMCPToolExecution.md")))
        .runbook(Runbook::new("McpServerDisconnected", include_str!("../runbooks/McpServerDisconnected.md")))
}

fn mcp_tools() -> Dashboard {
    let board = Dashboard::new(
        TOOLS,
        "MCP Tools",
        "How long the tools of MCP servers take, how they fail, whether the servers are connected, how the registry answers",
    );
    let board = calls(board.row("Executions"));
    let board = latency(board.row("Latency"));
    let board = errors(board.row("Errors"));
    connections(board.row("Connections and Registry"))
}

fn calls(board: Dashboard) -> Dashboard {
    board
        .panel(
            Panel::stat("Success Rate", "Share of executions that ended well, of those that were not dropped by their caller")
                .unit(Unit::Ratio)
                .max(1.0)
                .query(Query::ratio(
                    "sum(rate(mcp_tool_execute_seconds_count{outcome=\"success\"}[$__rate_interval]))",
                    "sum(rate(mcp_tool_execute_seconds_count{outcome!=\"cancelled\"}[$__rate_interval]))",
                ))
                .threshold(0.0, "red")
                .threshold(0.9, "yellow")
                .threshold(0.99, "green"),
        )
        .panel(
            Panel::stat("Connections", "Connections to all MCP servers together")
                .query(Query::new("sum(mcp_server_connections_active)"))
                .alert("McpServerDisconnected"),
        )
        .panel(
            Panel::stacked_area(
                "Executions by Outcome",
                "Executions that ended, by how they did; cancelled ones were dropped by their caller",
            )
            .unit(Unit::per_second("executions"))
            .query(
                Query::new("sum by (outcome) (rate(mcp_tool_execute_seconds_count[$__rate_interval]))")
                    .legend("{{outcome}}"),
            ),
        )
        .panel(
            Panel::time_series("Executions by Tool", "Executions that ended, by server and tool")
                .unit(Unit::per_second("executions"))
                .query(
                    Query::new(
                        "sum by (server_id, tool_name) (rate(mcp_tool_execute_seconds_count[$__rate_interval]))",
                    )
                    .legend("{{server_id}} {{tool_name}}"),
                ),
        )
        .panel(
            Panel::table(
                "Slowest Tools",
                "95th percentile of the last 5 minutes, as the alert SlowMCPToolExecution sees it; 30 s means 30 s or more",
            )
            .unit(Unit::Seconds)
            .query(Query::new(format!(
                "sort_desc(histogram_quantile(0.95, sum by (le, server_id, tool_name) ({TOOL_BUCKETS})))"
            )))
            .alert("SlowMCPToolExecution"),
        )
}

fn latency(board: Dashboard) -> Dashboard {
    board
        .panel(
            Panel::heatmap(
                "Tool Execution Latency p95 by Server",
                "95th percentile from sending a call to its answer, a row for each server and tool; the last bucket ends at 30 s, so that 30 s means 30 s or more",
            )
            .unit(Unit::Seconds)
            .query(
                Query::new(
                    "histogram_quantile(0.95, sum by (le, server_id, tool_name) (rate(mcp_tool_execute_seconds_bucket[$__rate_interval])))",
                )
                .legend("{{server_id}} {{tool_name}}"),
            )
            .alert("SlowMCPToolExecution"),
        )
        .panel(
            Panel::time_series(
                "Execution Latency by Server (p50/p95/p99)",
                "Quantiles of all tools of a server; the last bucket ends at 30 s",
            )
            .unit(Unit::Seconds)
            .quantiles("mcp_tool_execute_seconds", &["server_id"], &[0.5, 0.95, 0.99])
            .alert("SlowMCPToolExecution"),
        )
}

fn errors(board: Dashboard) -> Dashboard {
    board
        .panel(
            Panel::stacked_area(
                "Error Rate by Tool and Kind",
                "Failed executions by tool and by why they failed; timeouts are among them",
            )
            .unit(Unit::per_second("errors"))
            .query(
                Query::new("sum by (tool_name, error_kind) (rate(mcp_tool_errors_total[$__rate_interval]))")
                    .legend("{{tool_name}} {{error_kind}}"),
            )
            .alert("HighMCPToolErrorRate"),
        )
        .panel(
            Panel::time_series("Error Ratio by Server", "Share of each server's executions that failed")
                .unit(Unit::Ratio)
                .query(
                    Query::ratio(
                        "sum by (server_id) (rate(mcp_tool_errors_total[$__rate_interval]))",
                        "sum by (server_id) (rate(mcp_tool_execute_seconds_count[$__rate_interval]))",
                    )
                    .legend("{{server_id}}"),
                )
                .alert("HighMCPToolErrorRate"),
        )
        .panel(
            Panel::time_series(
                "Connection Errors by Server",
                "Executions that failed because the server could not be reached or went away",
            )
            .unit(Unit::per_second("errors"))
            .query(
                Query::new(
                    "sum by (server_id) (rate(mcp_tool_errors_total{error_kind=\"connection\"}[$__rate_interval]))",
                )
                .legend("{{server_id}}"),
            )
            .alert("McpServerDisconnected"),
        )
        .panel(
            Panel::time_series("Timeout Rate by Tool", "Share of each tool's executions that were given up at their time limit")
                .unit(Unit::Ratio)
                .query(
                    Query::ratio(
                        "sum by (server_id, tool_name) (rate(mcp_tool_execute_seconds_count{outcome=\"timeout\"}[$__rate_interval]))",
                        "sum by (server_id, tool_name) (rate(mcp_tool_execute_seconds_count[$__rate_interval]))",
                    )
                    .legend("{{server_id}} {{tool_name}}"),
                )
                .alert("SlowMCPToolExecution"),
        )
}

fn connections(board: Dashboard) -> Dashboard {
    board
        .panel(
            Panel::gauge("Active Connections", "Open connections to each MCP server")
                .query(Query::new("sum by (server_id) (mcp_server_connections_active)").legend("{{server_id}}"))
                .alert("McpServerDisconnected"),
        )
        .panel(
            Panel::time_series("Connections over Time", "Open connections to each MCP server")
                .query(Query::new("sum by (server_id) (mcp_server_connections_active)").legend("{{server_id}}"))
                .alert("McpServerDisconnected")
                .size(18, 8),
        )
        .panel(
            Panel::histogram("Registry Lookup", "99th percentile of looking a tool up, apart for hits and misses")
                .unit(Unit::Seconds)
                .quantiles("mcp_tool_registry_lookup_seconds", &["outcome"], &[0.99]),
        )
        .panel(
            Panel::time_series("Registry Hit Ratio", "Share of the look-ups that found their tool")
                .unit(Unit::Ratio)
                .max(1.0)
                .query(Query::ratio(
                    "sum(rate(mcp_tool_registry_lookup_seconds_count{outcome=\"hit\"}[$__rate_interval]))",
                    "sum(rate(mcp_tool_registry_lookup_seconds_count[$__rate_interval]))",
                )),
        )
}

fn high_mcp_tool_error_rate() -> Alert {
    let errors = |instance: &str, kind: &str| {
        format!(
            r#"mcp_tool_errors_total{{job="api", instance="{instance}", server_id="github", tool_name="search", error_kind="{kind}"}}"#
        )
    };
    Alert::new(
        "HighMCPToolErrorRate",
        "sum by (server_id, tool_name) (rate(mcp_tool_errors_total[$window])) > $threshold",
    )
    .threshold(0.05)
    .hold("2m")
    .team(TEAM)
    .summary("An MCP tool fails often")
    .description(
        "Tool {{ $labels.tool_name }} of the MCP server {{ $labels.server_id }} fails \
         {{ $value | printf \"%.2f\" }} times a second, the limit being $threshold.",
    )
    .dashboard(TOOLS)
    .test(
        AlertTest::new("errors of two instances and of two kinds add up", "10m")
            .series(errors("a", "execution"), "0+3x20")
            .series(errors("b", "connection"), "0+3x20")
            .fires(&[("server_id", "github"), ("tool_name", "search")], "0.10"),
    )
    .test(AlertTest::new("two errors a minute are not often", "10m").series(errors("a", "execution"), "0+2x20"))
    .test(AlertTest::new("it has to hold for two minutes", "2m").series(errors("a", "execution"), "0+30x20"))
}

fn slow_mcp_tool_execution() -> Alert {
    let bucket = |le: &str| {
        format!(
            r#"mcp_tool_execute_seconds_bucket{{job="api", instance="a", server_id="github", tool_name="search", outcome="success", le="{le}"}}"#
        )
    };
    Alert::new("SlowMCPToolExecution", format!("{TOOL_P95} > $threshold"))
        .threshold(10.0)
        .hold("5m")
        .team(TEAM)
        .summary("An MCP tool is slow in many of its executions")
        .description(
            "One in twenty executions of tool {{ $labels.tool_name }} of the MCP server {{ $labels.server_id }} takes \
             {{ $value | humanizeDuration }} or longer.",
        )
        .dashboard(TOOLS)
        .test(
            AlertTest::new("a tenth of the executions take between ten and thirty seconds", "15m")
                .series(bucket("5.0"), "0+54x30")
                .series(bucket("10.0"), "0+54x30")
                .series(bucket("30.0"), "0+60x30")
                .series(bucket("+Inf"), "0+60x30")
                .fires(&[("server_id", "github"), ("tool_name", "search")], "20s"),
        )
        .test(
            AlertTest::new("one in a hundred does", "15m")
                .series(bucket("5.0"), "0+99x30")
                .series(bucket("10.0"), "0+99x30")
                .series(bucket("30.0"), "0+100x30")
                .series(bucket("+Inf"), "0+100x30"),
        )
        .test(
            AlertTest::new("no execution at all is not slow", "15m")
                .series(bucket("5.0"), "54x30")
                .series(bucket("10.0"), "54x30")
                .series(bucket("30.0"), "60x30")
                .series(bucket("+Inf"), "60x30"),
        )
}

fn mcp_server_disconnected() -> Alert {
    let connections = |instance: &str| {
        format!(r#"mcp_server_connections_active{{job="api", instance="{instance}", server_id="github"}}"#)
    };
    Alert::new(
        "McpServerDisconnected",
        "sum by (server_id) (mcp_server_connections_active) == 0 \
         and on (server_id) max by (server_id) (max_over_time(mcp_server_connections_active[$window])) > 0",
    )
    .window("6h")
    .hold("10m")
    .team(TEAM)
    .summary("An MCP server that was connected is not any more")
    .description(
        "The MCP server {{ $labels.server_id }} has {{ $value }} connections, and had some within the last $window.",
    )
    .dashboard(TOOLS)
    .test(
        AlertTest::new("the connections of all instances are gone", "50m")
            .series(connections("a"), "1x30 0x60")
            .series(connections("b"), "2x20 0x70")
            .fires(&[("server_id", "github")], "0"),
    )
    .test(
        AlertTest::new("an instance is connected yet", "50m")
            .series(connections("a"), "1x30 0x60")
            .series(connections("b"), "1x90"),
    )
    .test(AlertTest::new("it is connected again within ten minutes", "38m").series(connections("a"), "1x30 0x5 1x60"))
    .test(AlertTest::new("it never was connected", "50m").series(connections("a"), "0x90"))
}
