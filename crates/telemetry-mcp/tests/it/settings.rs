//! Settings: where they come from, and what is accepted.

use std::time::Duration;

use telemetry_core::{Meter, Telemetry};
use telemetry_mcp::{Mcp, McpSettings};

#[test]
fn the_meter_carries_what_builder_and_environment_say() {
    let telemetry = Telemetry::builder("shop")
        .from_vars([
            ("TELEMETRY_MCP_SEMCONV", "true"),
            ("TELEMETRY_MCP_CALL_TIMEOUT", "30s"),
            ("TELEMETRY_MCP_SERVER_METRICS", "false"),
            ("TELEMETRY_MCP_MAX_KNOWN_TOOLS", "50"),
            ("TELEMETRY_MCP_PING_INTERVAL", "500ms"),
        ])
        .domain(|mcp: &mut McpSettings| mcp.max_known_tools = 60)
        .build()
        .expect("sound settings");
    let expected = McpSettings {
        semconv: Some(true),
        call_timeout: Some(Duration::from_secs(30)),
        server_metrics: false,
        max_known_tools: 60,
        ping_interval: Duration::from_millis(500),
    };
    assert_eq!(telemetry.meter().settings_of::<McpSettings>(), expected);
    let defaults = McpSettings {
        semconv: None,
        call_timeout: None,
        server_metrics: true,
        max_known_tools: 1_000,
        ping_interval: Duration::from_secs(5),
    };
    assert_eq!(McpSettings::default(), defaults);
}

#[test]
fn what_cannot_be_is_refused_with_what_is_accepted() {
    let timeout = |nanos| McpSettings { call_timeout: Some(Duration::from_nanos(nanos)), ..McpSettings::default() };
    let tools = |max_known_tools| McpSettings { max_known_tools, ..McpSettings::default() };
    let ping = |secs| McpSettings { ping_interval: Duration::from_secs(secs), ..McpSettings::default() };
    for (settings, expected) in [
        (ping(3_601), "mcp.ping_interval: 3601 s is not accepted; accepted is a duration from 0 s to 1 h"),
        (timeout(0), "mcp.call_timeout: 0 s is not accepted; accepted is a duration of at least 1 ms"),
        (timeout(999_999), "mcp.call_timeout: 999999 ns is not accepted; accepted is a duration of at least 1 ms"),
        (tools(0), "mcp.max_known_tools: 0 is not accepted; accepted is a whole number from 1 to 100000"),
        (tools(100_001), "mcp.max_known_tools: 100001 is not accepted; accepted is a whole number from 1 to 100000"),
    ] {
        let error = Mcp::with_settings(&Meter::noop(), settings).expect_err(expected);
        assert_eq!(error.to_string(), expected);
    }
    for settings in [timeout(1_000_000), tools(1), tools(100_000), ping(0), ping(3_600)] {
        assert!(Mcp::with_settings(&Meter::noop(), settings.clone()).is_ok(), "{settings:?}");
    }
}
