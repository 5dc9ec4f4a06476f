//! What operators see of this crate, as the generator makes it.

#![cfg(feature = "mixin")]

use telemetry_core::Namespace;
use telemetry_http::mixin::{domain, mixin};
use telemetry_mixin::model::Severity;
use telemetry_mixin::{GeneratorSettings, generate};

#[test]
fn the_promised_panels_are_on_the_shared_dashboard() {
    let mixin = mixin();
    let overview = mixin.dashboards.iter().find(|dashboard| dashboard.title == "Overview");
    let row = &overview.expect("it has a part in the overview").rows[0];
    assert_eq!(row.title.as_deref(), Some("Performance"));
    let titles: Vec<&str> = row.panels.iter().map(|panel| panel.title.as_str()).collect();
    assert_eq!(titles, ["Request Rate", "Error Rate", "P95 Latency"]);
}

#[test]
fn the_promised_alerts_are_there() {
    let expected = [("HighErrorRate", "5m", Severity::Critical), ("HighLatency", "10m", Severity::Warning)];
    let mixin = mixin();
    for (name, hold, severity) in expected {
        let alert = mixin.alerts.iter().find(|alert| alert.name == name);
        let alert = alert.unwrap_or_else(|| panic!("there is no alert {name}"));
        assert_eq!((alert.hold.as_str(), alert.severity, alert.team.as_str()), (hold, severity, "platform"));
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
