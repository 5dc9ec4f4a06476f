//! Names of tools: those that are real keep their series, whatever a model makes up.

use telemetry_core::MeterSettings;
use telemetry_mcp::labels::ErrorKind;
use telemetry_mcp::{Mcp, McpSettings};
use telemetry_testkit::{MetricSet, TestTelemetry};

use crate::fixture::{CONNECTIONS, EXECUTE, Fixture};

const INVENTED: usize = 10_000;

fn executions(metrics: &MetricSet, server: &str, tool: &str) -> f64 {
    metrics.total(EXECUTE, &[("server_id", server), ("tool_name", tool)])
}

/// Without a subscriber: nobody reads the spans of so many calls.
fn unread() -> (TestTelemetry, Mcp) {
    let telemetry = TestTelemetry::new();
    let mcp = Mcp::new(telemetry.meter());
    (telemetry, mcp)
}

fn invent(mcp: &Mcp, server: &str) {
    for number in 0..INVENTED {
        mcp.start(server, &format!("invented-{number}")).fail_rpc(-32602);
    }
}

#[test]
fn a_registered_tool_has_its_series_after_ten_thousand_invented_ones() {
    let (telemetry, mcp) = unread();
    invent(&mcp, "github");
    mcp.start("github", "late").succeed();
    mcp.register("github", "search");
    mcp.start("github", "search").succeed();
    let metrics = telemetry.metrics();
    assert_eq!(executions(&metrics, "github", "search"), 1.0);
    assert_eq!(executions(&metrics, "github", "late"), 0.0, "nobody knows that it is real");
    assert_eq!(executions(&metrics, "github", "_other"), (INVENTED - 100 + 1) as f64);
}

#[test]
fn what_a_client_is_asked_for_takes_no_room_from_servers_nor_from_other_clients() {
    let (telemetry, mcp) = unread();
    invent(&mcp, "github");
    mcp.call("github", "served").as_server().start().succeed();
    mcp.start("slack", "post").succeed();
    let metrics = telemetry.metrics();
    assert_eq!(executions(&metrics, "github", "served"), 1.0);
    assert_eq!(executions(&metrics, "slack", "post"), 1.0);
}

#[test]
fn once_the_tools_are_listed_any_other_is_unknown() {
    let (telemetry, mcp) = unread();
    mcp.start("github", "before").succeed();
    mcp.list_tools("github", ["search", "close"]);
    invent(&mcp, "github");
    mcp.start("github", "close").fail(ErrorKind::Execution);
    mcp.list_tools("github", ["reopen"]);
    mcp.start("github", "reopen").succeed();
    mcp.start("slack", "post").succeed();
    let metrics = telemetry.metrics();
    for (server, tool, expected) in [
        ("github", "before", 1.0),
        ("github", "close", 1.0),
        ("github", "reopen", 1.0),
        ("slack", "post", 1.0),
        ("github", "_unknown", INVENTED as f64),
        ("github", "_other", 0.0),
    ] {
        assert_eq!(executions(&metrics, server, tool), expected, "{server} {tool}");
    }
}

#[test]
fn who_reads_spans_and_logs_is_told_what_was_asked_for() {
    let fixture = Fixture::new();
    fixture.mcp.list_tools("github", ["search"]);
    fixture.mcp.start("github", "serach").fail_rpc(-32602);
    fixture.log("MCP tool failed").assert_attribute("tool_name", "serach");
    fixture.span_with("tool_name", "serach").assert_attribute("error_kind", "validation");
    fixture.assert_total(EXECUTE, &[("tool_name", "_unknown")], 1.0);
}

#[test]
fn the_conventions_metrics_keep_what_is_real_too() {
    let telemetry = TestTelemetry::new();
    let settings = McpSettings { semconv: Some(true), ..McpSettings::default() };
    let mcp = Mcp::with_settings(telemetry.meter(), settings).expect("sound settings");
    invent(&mcp, "github");
    mcp.register("github", "search");
    mcp.start("github", "search").succeed();
    telemetry.assert_histogram_count("mcp.client.operation.duration", &[("gen_ai.tool.name", "search")], 1);
}

#[test]
fn neither_the_labels_limit_nor_the_processs_folds_what_is_registered() {
    let small =
        MeterSettings { max_label_values: 2, max_series: 4, registered_zeros: false, ..MeterSettings::default() };
    let telemetry = TestTelemetry::builder().meter_settings(small).build();
    let mcp = Mcp::new(telemetry.meter());
    for server in ["a", "b", "c", "d"] {
        mcp.start(server, "tool").fail(ErrorKind::Execution);
        drop(mcp.connection(server));
    }
    // It was folded before it was registered, for want of room.
    mcp.start("a", "late").succeed();
    mcp.register("a", "late");
    mcp.register("e", "");
    mcp.register("e", "new");
    mcp.start("a", "late").succeed();
    mcp.start("e", "new").succeed();
    let _connection = mcp.connection("e");
    let metrics = telemetry.metrics();
    assert_eq!(executions(&metrics, "a", "late"), 1.0, "{metrics}");
    assert_eq!(executions(&metrics, "e", "new"), 1.0, "{metrics}");
    assert_eq!(metrics.up_down_counter(CONNECTIONS, &[("server_id", "e")]), 1.0, "{metrics}");
}

#[test]
fn who_makes_an_entry_for_each_call_has_no_more_room_for_it() {
    let telemetry = TestTelemetry::new();
    let held = Mcp::new(telemetry.meter());
    for number in 0..300 {
        Mcp::new(telemetry.meter()).start("github", &format!("invented-{number}")).fail_rpc(-32602);
    }
    telemetry.assert_total(EXECUTE, &[("tool_name", "_other")], 200.0);
    Mcp::new(telemetry.meter()).list_tools("github", ["search"]);
    held.start("github", "serach").fail_rpc(-32602);
    telemetry.assert_total(EXECUTE, &[("tool_name", "_unknown")], 1.0);
}

#[test]
fn a_name_that_is_too_long_is_other_whoever_says_it() {
    let fixture = Fixture::new();
    let long = |bytes: usize| "n".repeat(bytes);
    fixture.mcp.start("github", &long(256)).succeed();
    fixture.mcp.start("github", &long(257)).succeed();
    fixture.mcp.call("github", &long(1 << 20)).as_server().start().succeed();
    fixture.mcp.start(&long(300), "search").succeed();
    fixture.mcp.register("slack", &long(300));
    fixture.mcp.start("slack", &long(300)).succeed();
    fixture.mcp.list_tools("linear", [&*long(300), "search"]);
    fixture.mcp.start("linear", &long(300)).succeed();
    fixture.mcp.start("linear", "serach").succeed();
    let metrics = fixture.metrics();
    for (server, tool, expected) in [
        ("github", &*long(256), 1.0),
        ("github", "_other", 2.0),
        ("_other", "search", 1.0),
        ("slack", "_other", 1.0),
        ("linear", "_other", 1.0),
        ("linear", "_unknown", 1.0),
    ] {
        assert_eq!(executions(&metrics, server, tool), expected, "{server} {tool}: {metrics}");
    }
    for span in fixture.spans().iter() {
        let longest = span.attributes.values().map(String::len).max();
        assert!(longest <= Some(256), "{span}");
    }
    for log in fixture.logs().iter() {
        assert!(log.attributes.values().all(|value| value.len() <= 256), "{log}");
    }
}

#[test]
fn ids_and_versions_of_a_peer_are_cut() {
    let fixture = Fixture::new();
    let huge = "x".repeat(1 << 20);
    fixture.mcp.call("github", "search").request_id(&huge).protocol_version(&huge).start().succeed();
    let span = fixture.span_with("tool_name", "search");
    for key in ["jsonrpc.request.id", "mcp.protocol.version"] {
        let value = span.attribute(key).unwrap_or_default();
        assert!(value.len() <= 256 && value.ends_with('…'), "{key}: {} bytes", value.len());
    }
}
