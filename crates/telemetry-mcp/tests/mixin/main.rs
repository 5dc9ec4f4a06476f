//! What operators see of this crate, as the generator makes it.

#![cfg(feature = "mixin")]

use telemetry_core::Namespace;
use telemetry_mcp::mixin::{domain, mixin};
use telemetry_mixin::model::Severity;
use telemetry_mixin::{GeneratorSettings, generate};

/// The panels that operations were promised, with the heart of their queries.
const PANELS: [(&str, &str); 4] = [
    (
        "Tool Execution Latency p95 by Server",
        "histogram_quantile(0.95, sum by (le, server_id, tool_name) \
         (rate(mcp_tool_execute_seconds_bucket[$__rate_interval])))",
    ),
    ("Active Connections", "sum by (server_id) (mcp_server_connections_active)"),
    (
        "Registry Lookup",
        "histogram_quantile(0.99, sum by (le, outcome) \
         (rate(mcp_tool_registry_lookup_seconds_bucket[$__rate_interval])))",
    ),
    ("Error Rate by Tool and Kind", "sum by (tool_name, error_kind) (rate(mcp_tool_errors_total[$__rate_interval]))"),
];

#[test]
fn every_promised_panel_is_there() {
    let mixin = mixin();
    let [dashboard] = &mixin.dashboards[..] else { panic!("one dashboard: {:?}", mixin.dashboards) };
    assert_eq!(dashboard.title, "MCP Tools");
    for (title, query) in PANELS {
        let panel = dashboard.panels().find(|panel| panel.title == title);
        let panel = panel.unwrap_or_else(|| panic!("there is no panel {title}"));
        assert!(panel.queries.iter().any(|own| own.expression.contains(query)), "{title}: {:?}", panel.queries);
    }
}

#[test]
fn every_promised_alert_is_there() {
    let expected = [("HighMCPToolErrorRate", "2m"), ("SlowMCPToolExecution", "5m"), ("McpServerDisconnected", "10m")];
    let mixin = mixin();
    for (name, hold) in expected {
        let alert = mixin.alerts.iter().find(|alert| alert.name == name);
        let alert = alert.unwrap_or_else(|| panic!("there is no alert {name}"));
        assert_eq!((alert.hold.as_str(), alert.severity, alert.team.as_str()), (hold, Severity::Warning, "agents"));
        let fires = |fires: bool| alert.tests.iter().any(|test| test.expected.is_empty() != fires);
        assert!(fires(true) && fires(false), "{name} is tested in both ways");
    }
}

#[test]
fn the_domain_is_sound_under_any_namespace() {
    for namespace in ["agentpane", "acme"] {
        let namespace = Namespace::new(namespace).expect("a lower-case word is a namespace");
        let settings = GeneratorSettings { namespace, ..GeneratorSettings::default() };
        if let Err(errors) = generate(&settings, &[domain()]) {
            panic!("{errors}");
        }
    }
}
