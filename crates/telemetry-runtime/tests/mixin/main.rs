//! What operators see of this crate, as the generator makes it.

#![cfg(feature = "mixin")]

use telemetry_core::Namespace;
use telemetry_mixin::model::{Dashboard, Mixin, Severity};
use telemetry_mixin::{GeneratorSettings, generate};
use telemetry_runtime::mixin::{domain, mixin};

/// The panels that operations were promised, with the heart of their queries.
const PANELS: [(&str, &str, &str); 11] = [
    (
        "Runtime Tools",
        "Runtime Tool Execution Latency (p95)",
        "histogram_quantile(0.95, sum by (le, tool_id) (rate(runtime_tool_execute_seconds_bucket[$__rate_interval])))",
    ),
    ("Runtime Tools", "Error Rate by Kind", "sum by (error_kind) (rate(runtime_tool_errors_total[$__rate_interval]))"),
    ("Runtime Tools", "Timeout Rate", "sum(rate(runtime_tool_timeouts_total[$__rate_interval]))"),
    (
        "Runtime Tools",
        "Process Exit Codes",
        "sum by (status, code, signal) (rate(runtime_bun_process_exits_total[$__rate_interval]))",
    ),
    (
        "Runtime Tools",
        "Output Size p99",
        "histogram_quantile(0.99, sum by (le, tool_id) (rate(runtime_tool_output_bytes_bucket[$__rate_interval])))",
    ),
    (
        "Execution Overview",
        "Execution Latency by Kind (p50/p95/p99)",
        "histogram_quantile(0.95, sum by (le, kind) (rate(http_exec_sync_latency_seconds_bucket[$__rate_interval])))",
    ),
    ("Execution Overview", "Async Started Rate", "sum by (kind) (rate(http_exec_started_total[$__rate_interval]))"),
    ("Execution Overview", "Async to Sync Ratio", "sum by (kind) (rate(http_exec_started_total[$__rate_interval]))"),
    (
        "Execution Overview",
        "Workflow Poll Time",
        "histogram_quantile(0.95, sum by (le, workflow_id) \
         (rate(workflow_sync_poll_duration_seconds_bucket[$__rate_interval])))",
    ),
    (
        "Execution Overview",
        "Polls per Workflow Execution",
        "sum by (workflow_id) (rate(workflow_sync_polls_total[$__rate_interval]))",
    ),
    (
        "Execution Overview",
        "Error Rate by Kind and Status Code",
        "sum by (kind, code) (rate(http_exec_errors_total[$__rate_interval]))",
    ),
];

fn dashboard<'a>(mixin: &'a Mixin, title: &str) -> &'a Dashboard {
    mixin.dashboards.iter().find(|dashboard| dashboard.title == title).expect("the dashboard is part of the mixin")
}

#[test]
fn every_promised_panel_is_there() {
    let mixin = mixin();
    for (board, title, query) in PANELS {
        let panel = dashboard(&mixin, board).panels().find(|panel| panel.title == title);
        let panel = panel.unwrap_or_else(|| panic!("{board} has no panel {title}"));
        assert!(panel.queries.iter().any(|own| own.expression.contains(query)), "{title}: {:?}", panel.queries);
    }
}

#[test]
fn every_promised_alert_is_there() {
    let expected = [("HighToolErrorRate", "2m"), ("ToolTimeoutSpike", "2m"), ("SlowToolExecution", "5m")];
    let mixin = mixin();
    for (name, hold) in expected {
        let alert = mixin.alerts.iter().find(|alert| alert.name == name);
        let alert = alert.unwrap_or_else(|| panic!("there is no alert {name}"));
        assert_eq!((alert.hold.as_str(), alert.severity, alert.team.as_str()), (hold, Severity::Warning, "agents"));
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
