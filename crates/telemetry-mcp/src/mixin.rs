//! What operators see of MCP tools, connections and the registry.

mod objectives;

use telemetry_mixin::model::{
    Alert, AlertRule, AlertTest, Dashboard, Domain, Mixin, Panel, RecordedQuantile, Severity, Unit, Variable,
};
use telemetry_mixin::query::{
    FEWEST_OF_MOST, WINDOW_OF_MOST, elsewhere, given, increase, max, most_fail, promql, quantile, quantiles, rate,
    series, share, sorted, sum, threshold,
};
use telemetry_mixin::runbook;

use crate::CATALOGUE;
use crate::metrics::{ErrorKind, LookupOutcome, McpServerMetrics, McpToolMetrics, Outcome, RegistryMetrics};

/// The dashboard that alerts name.
const TOOLS: &str = "mcp-tools";

/// Who acts on this domain's alerts.
const TEAM: &str = "agents";

const TOOL: [&str; 2] = ["server_id", "tool_name"];
const SERVER: [&str; 1] = ["server_id"];

/// What the dashboard and the latency alert share.
fn slow() -> RecordedQuantile {
    RecordedQuantile::new(0.95, McpToolMetrics::EXECUTE, &TOOL, "5m")
}

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

/// Its dashboard, rules and alerts.
#[must_use]
pub fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(mcp_tools())
        .rules(slow().rules())
        .alert(high_mcp_tool_error_rate())
        .alert(most_mcp_tool_calls_fail())
        .alert(slow_mcp_tool_execution())
        .alert(mcp_server_disconnected())
        .slos(objectives::all(TEAM, TOOLS))
}

fn mcp_tools() -> Dashboard {
    let board = Dashboard::new(
        TOOLS,
        "MCP Tools",
        "How long the tools of MCP servers take, how they fail, whether the servers are connected, how the registry answers",
    )
    .variable(Variable::new("server_id", "Server", series(McpToolMetrics::EXECUTE).count()))
    .variable(Variable::new("tool_name", "Tool", series(McpToolMetrics::EXECUTE).count()));
    let board = calls(board.row("Executions")).at_a_glance(
        Panel::stat(
            "Error Share",
            "Share of executions that failed or exceeded their timeout, of those that were not dropped by their caller",
            Unit::Ratio,
            share(
                rate(McpToolMetrics::EXECUTE).matches("outcome", "error|timeout"),
                rate(McpToolMetrics::EXECUTE).except(Outcome::Cancelled),
            ),
        )
        .threshold(0.0, "green")
        .threshold(0.01, "yellow")
        .threshold(0.05, "red")
        .alert("HighMCPToolErrorRate")
        .size(6, 4),
    );
    let board = latency(board.row("Latency"));
    let board = errors(board.row("Errors"));
    connections(board.row("Connections and Registry"))
}

fn calls(board: Dashboard) -> Dashboard {
    board
        .panel(
            Panel::stat(
                "Success Rate",
                "Share of executions that ended well, of those that were not dropped by their caller",
                Unit::Ratio,
                share(
                    rate(McpToolMetrics::EXECUTE).only(Outcome::Success),
                    rate(McpToolMetrics::EXECUTE).except(Outcome::Cancelled),
                ),
            )
            .max(1.0)
            .threshold(0.0, "red")
            .threshold(0.9, "yellow")
            .threshold(0.99, "green"),
        )
        .panel(
            Panel::stat(
                "Connections",
                "Connections to all MCP servers together",
                Unit::Short,
                sum(McpServerMetrics::CONNECTIONS),
            )
            .alert("McpServerDisconnected"),
        )
        .panel(Panel::stacked_area(
            "Executions by Outcome",
            "Executions that ended, by how they did; cancelled ones were dropped by their caller",
            Unit::per_second("executions"),
            rate(McpToolMetrics::EXECUTE).by(["outcome"]),
        ))
        .panel(Panel::time_series(
            "Executions by Tool",
            "Executions that ended, by server and tool",
            Unit::per_second("executions"),
            rate(McpToolMetrics::EXECUTE).by(TOOL),
        ))
        .panel(
            Panel::table(
                "Slowest Tools",
                "95th percentile of the last 5 minutes, as the alert SlowMCPToolExecution sees it; 30 s means 30 s or more",
                Unit::Seconds,
                sorted(slow().of_chosen_instances()),
            )
            .alert("SlowMCPToolExecution"),
        )
}

fn latency(board: Dashboard) -> Dashboard {
    board
        .panel(
            Panel::heatmap(
                "Tool Execution Latency p95 by Server",
                "95th percentile from sending a call to its answer, a row for each server and tool; the last bucket ends at 30 s, so that 30 s means 30 s or more",
                Unit::Seconds,
                quantile(0.95, McpToolMetrics::EXECUTE).by(TOOL),
            )
            .alert("SlowMCPToolExecution"),
        )
        .panel(
            Panel::time_series(
                "Execution Latency by Server (p50/p95/p99)",
                "Quantiles of all tools of a server; the last bucket ends at 30 s",
                Unit::Seconds,
                quantiles([0.5, 0.95, 0.99], McpToolMetrics::EXECUTE).by(SERVER),
            )
            .alert("SlowMCPToolExecution"),
        )
}

fn errors(board: Dashboard) -> Dashboard {
    board
        .panel(
            Panel::stacked_area(
                "Error Rate by Tool and Kind",
                "Failed executions by tool and by why they failed; timeouts are among them",
                Unit::per_second("errors"),
                rate(McpToolMetrics::ERRORS).by(["tool_name", "error_kind"]),
            )
            .alert("HighMCPToolErrorRate"),
        )
        .panel(
            Panel::time_series(
                "Error Ratio by Server",
                "Share of each server's executions that failed",
                Unit::Ratio,
                share(rate(McpToolMetrics::ERRORS).by(SERVER), rate(McpToolMetrics::EXECUTE).by(SERVER)),
            )
            .alert("HighMCPToolErrorRate")
            .alert("MostMcpToolCallsFail"),
        )
        .panel(
            Panel::time_series(
                "Connection Errors by Server",
                "Executions that failed because the server could not be reached or went away",
                Unit::per_second("errors"),
                rate(McpToolMetrics::ERRORS).only(ErrorKind::Connection).by(SERVER),
            )
            .alert("McpServerDisconnected"),
        )
        .panel(
            Panel::time_series(
                "Timeout Rate by Tool",
                "Share of each tool's executions that were given up at their time limit",
                Unit::Ratio,
                share(
                    rate(McpToolMetrics::EXECUTE).only(Outcome::Timeout).by(TOOL),
                    rate(McpToolMetrics::EXECUTE).by(TOOL),
                ),
            )
            .alert("SlowMCPToolExecution"),
        )
}

fn connections(board: Dashboard) -> Dashboard {
    board
        .panel(
            Panel::gauge(
                "Active Connections",
                "Open connections to each MCP server",
                Unit::Short,
                sum(McpServerMetrics::CONNECTIONS).by(SERVER),
            )
            .alert("McpServerDisconnected"),
        )
        .panel(
            Panel::time_series(
                "Connections over Time",
                "Open connections to each MCP server",
                Unit::Short,
                sum(McpServerMetrics::CONNECTIONS).by(SERVER),
            )
            .alert("McpServerDisconnected")
            .size(18, 8),
        )
        .panel(Panel::histogram(
            "Registry Lookup",
            "99th percentile of looking a tool up, apart for hits and misses",
            Unit::Seconds,
            quantile(0.99, RegistryMetrics::LOOKUP).by(["outcome"]),
        ))
        .panel(
            Panel::time_series(
                "Registry Hit Ratio",
                "Share of the look-ups that found their tool",
                Unit::Ratio,
                share(rate(RegistryMetrics::LOOKUP).only(LookupOutcome::Hit), rate(RegistryMetrics::LOOKUP)),
            )
            .max(1.0),
        )
}

fn high_mcp_tool_error_rate() -> Alert {
    let errors = |instance, kind: ErrorKind| {
        given(McpToolMetrics::ERRORS, instance).is("server_id", "github").is("tool_name", "search").only(kind)
    };
    Alert::new(
        runbook!("HighMCPToolErrorRate"),
        AlertRule {
            when: rate(McpToolMetrics::ERRORS).by(TOOL).above(threshold(0.05)),
            hold: "2m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "An MCP tool fails often",
            description: "Tool {{ $labels.tool_name }} of the MCP server {{ $labels.server_id }} fails \
                          {{ $value | printf \"%.2f\" }} times a second, the limit being $threshold.",
            dashboard: TOOLS,
        },
    )
    .cause("mcp tool errors")
    .keep_firing("5m")
    .test(
        AlertTest::new("errors of two instances and of two kinds add up", "10m")
            .series(errors("a", ErrorKind::Execution), "0+3x20")
            .series(errors("b", ErrorKind::Connection), "0+3x20")
            .fires(&[("server_id", "github"), ("tool_name", "search")], "0.10"),
    )
    .test(
        AlertTest::new("two errors a minute are not often", "10m").series(errors("a", ErrorKind::Execution), "0+2x20"),
    )
    .test(AlertTest::new("it has to hold for two minutes", "2m").series(errors("a", ErrorKind::Execution), "0+30x20"))
}

/// The sibling for tools that are called seldom.
fn most_mcp_tool_calls_fail() -> Alert {
    let tool = [("server_id", "github"), ("tool_name", "search")];
    let ended = |outcome: Outcome| {
        let calls = given(McpToolMetrics::EXECUTE, "a").count().only(outcome);
        tool.iter().fold(calls, |calls, (label, value)| calls.is(label, value))
    };
    let healthy = elsewhere(McpToolMetrics::EXECUTE).count().only(Outcome::Success);
    let healthy = tool.iter().fold(healthy, |calls, (label, value)| calls.is(label, value));
    let calls = || increase(McpToolMetrics::EXECUTE).by(TOOL);
    Alert::new(
        runbook!("MostMcpToolCallsFail"),
        AlertRule {
            when: most_fail(
                calls().matches("outcome", "error|timeout"),
                calls().except(Outcome::Cancelled),
                FEWEST_OF_MOST,
            ),
            hold: "2m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Most calls of an MCP tool fail",
            description: "{{ $value | humanizePercentage }} of the calls of tool {{ $labels.tool_name }} of the MCP server \
                          {{ $labels.server_id }} within $window failed.",
            dashboard: TOOLS,
        },
    )
    .window(WINDOW_OF_MOST)
    .cause("mcp tool errors")
    .test(
        AlertTest::new("all of five a minute since ten minutes, beside a busy service where all is well", "30m")
            .series(ended(Outcome::Success), "0+5x20 100x20")
            .series(ended(Outcome::Error), "0x20 5+5x20")
            .series(healthy, "0+600x40")
            .fires(&[("job", "api"), tool[0], tool[1]], "100%"),
    )
    .test(
        AlertTest::new("half of them, which is the limit", "30m")
            .series(ended(Outcome::Success), "0+5x40")
            .series(ended(Outcome::Timeout), "0+5x40"),
    )
    .test(AlertTest::new("one call at night, which fails", "12m").series(ended(Outcome::Error), "0x5 1x20"))
    .test(AlertTest::new("nothing is called", "30m").series(ended(Outcome::Error), "50x40"))
}

fn slow_mcp_tool_execution() -> Alert {
    let taken = |bound| {
        let tool = given(McpToolMetrics::EXECUTE, "a").is("server_id", "github").is("tool_name", "search");
        tool.only(Outcome::Success).bucket(bound)
    };
    Alert::new(
        runbook!("SlowMCPToolExecution"),
        AlertRule {
            when: slow().value().above(threshold(10.0)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "An MCP tool is slow in many of its executions",
            description: "One in twenty executions of tool {{ $labels.tool_name }} of the MCP server \
                          {{ $labels.server_id }} takes {{ $value | humanizeDuration }} or longer.",
            dashboard: TOOLS,
        },
    )
    .test(
        AlertTest::new("a tenth of the executions take between ten and thirty seconds", "15m")
            .series(taken("5.0"), "0+54x30")
            .series(taken("10.0"), "0+54x30")
            .series(taken("30.0"), "0+60x30")
            .series(taken("+Inf"), "0+60x30")
            .fires(&[("server_id", "github"), ("tool_name", "search")], "20s"),
    )
    .test(
        AlertTest::new("one in a hundred does", "15m")
            .series(taken("5.0"), "0+99x30")
            .series(taken("10.0"), "0+99x30")
            .series(taken("30.0"), "0+100x30")
            .series(taken("+Inf"), "0+100x30"),
    )
    .test(
        AlertTest::new("no execution at all is not slow", "15m")
            .series(taken("5.0"), "54x30")
            .series(taken("10.0"), "54x30")
            .series(taken("30.0"), "60x30")
            .series(taken("+Inf"), "60x30"),
    )
}

fn mcp_server_disconnected() -> Alert {
    let connections = |instance| given(McpServerMetrics::CONNECTIONS, instance).is("server_id", "github");
    let lost = |instance| given(McpServerMetrics::LOST, instance).is("server_id", "github");
    let (now, was_lost) = (sum(McpServerMetrics::CONNECTIONS).by(SERVER), max(McpServerMetrics::LOST).by(SERVER));
    Alert::new(
        runbook!("McpServerDisconnected"),
        AlertRule {
            when: promql(format!("{now} == 0 and on (server_id) {was_lost} == 1")),
            hold: "10m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "An MCP server that was connected is not any more",
            description: "The connections to the MCP server {{ $labels.server_id }} are lost, and none has taken their place.",
            dashboard: TOOLS,
        },
    )
    .test(
        AlertTest::new("the connections of all instances are lost, for hours", "9h")
            .series(connections("a"), "1x30 0x600")
            .series(connections("b"), "2x20 0x600")
            .series(lost("a"), "0x30 1x600")
            .series(lost("b"), "0x20 1x600")
            .fires(&[("server_id", "github")], ""),
    )
    .test(
        AlertTest::new("another service is connected to it", "50m")
            .series(connections("a"), "1x30 0x60")
            .series(lost("a"), "0x30 1x60")
            .series(elsewhere(McpServerMetrics::CONNECTIONS).is("server_id", "github"), "1x90")
            .fires(&[("job", "api"), ("server_id", "github")], ""),
    )
    .test(
        AlertTest::new("it is closed as it is meant to be", "50m")
            .series(connections("a"), "1x30 0x60")
            .series(lost("a"), "0x90"),
    )
    .test(
        AlertTest::new("an instance is connected yet", "50m")
            .series(connections("a"), "1x30 0x60")
            .series(lost("a"), "0x30 1x60")
            .series(connections("b"), "1x90"),
    )
    .test(
        AlertTest::new("it is connected again within ten minutes", "50m")
            .series(connections("a"), "1x30 0x5 1x60")
            .series(lost("a"), "0x30 1x5 0x60"),
    )
    .test(AlertTest::new("it never was connected", "50m").series(connections("a"), "0x90"))
}
