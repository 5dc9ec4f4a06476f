//! What operators see of this crate, as the generator makes it.

#![cfg(feature = "mixin")]

use telemetry_core::Namespace;
use telemetry_health::mixin::{domain, mixin};
use telemetry_mixin::model::Severity;
use telemetry_mixin::{GeneratedFiles, GeneratorSettings, generate};

fn generated(namespace: &str, export_interval: &str) -> GeneratedFiles {
    let settings = GeneratorSettings {
        namespace: Namespace::new(namespace).expect("a lower-case word is a namespace"),
        export_interval: export_interval.to_owned(),
        ..GeneratorSettings::default()
    };
    generate(&settings, &[domain()]).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn every_promised_panel_is_there() {
    for (board, row, title, query) in [
        ("overview", "Service Health", "Health Status", "min(agentpane_health_check_status{component=\"all\"})"),
        ("overview", "Service Health", "Uptime", "min(agentpane_process_uptime_seconds)"),
        ("infrastructure", "Process Metrics", "Memory Usage", "sum by (type) (agentpane_process_memory_bytes)"),
        (
            "infrastructure",
            "Process Metrics",
            "CPU Usage",
            "sum by (mode) (rate(agentpane_process_cpu_seconds_total[$__rate_interval]))",
        ),
        ("infrastructure", "Process Metrics", "Open File Descriptors", "sum(agentpane_process_open_fds)"),
    ] {
        let mixin = mixin();
        let board = mixin.dashboards.iter().find(|dashboard| dashboard.slug == board).expect("it has a part in it");
        let row = board.rows.iter().find(|found| found.title.as_deref() == Some(row)).expect("it has the row");
        let panel = row.panels.iter().find(|panel| panel.title == title).expect("the row has the panel");
        assert_eq!(panel.queries.len(), 1);
        assert_eq!(panel.queries[0].expression, query);
    }
}

#[test]
fn every_promised_alert_is_there() {
    let mixin = mixin();
    let found: Vec<_> =
        mixin.alerts.iter().map(|alert| (&*alert.name, &*alert.hold, alert.severity, &*alert.team)).collect();
    let expected = [
        ("AgentPaneDown", "1m", Severity::Critical, "platform"),
        ("DatabaseUnhealthy", "30s", Severity::Critical, "platform"),
        ("ComponentUnhealthy", "2m", Severity::Warning, "platform"),
        ("ComponentDegraded", "15m", Severity::Warning, "platform"),
        ("FileDescriptorsNearLimit", "5m", Severity::Warning, "platform"),
        ("Watchdog", "1m", Severity::Info, "platform"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_domain_is_sound_under_any_namespace_and_interval() {
    for (namespace, interval, name, window) in [
        ("agentpane", "15s", "AgentPaneDown", "agentpane_process_uptime_seconds[90s]"),
        ("acme", "60s", "AcmeDown", "acme_process_uptime_seconds[240s]"),
    ] {
        let files = generated(namespace, interval);
        let rules = files.get("deploy/prometheus/rules/health.yaml").expect("the domain has rules");
        assert!(rules.contains(&format!("alert: '{name}'")) && rules.contains(window), "{rules}");
        assert!(files.get(&format!("docs/runbooks/{name}.md")).is_some());
        for (path, text) in files.iter().filter(|_| namespace != "agentpane") {
            assert!(!text.contains("agentpane") && !text.contains("AgentPane"), "{path}");
        }
    }
}
