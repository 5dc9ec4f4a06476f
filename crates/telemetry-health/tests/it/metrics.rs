//! What is recorded of checks.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use telemetry_health::{Check, ComponentKind, DatabaseQuery, HealthSettings, Status, Verdict};
use telemetry_testkit::TestTelemetry;

use crate::fixture::{Counting, DURATION, Finds, Hanging, STATUS, described};

#[tokio::test(start_paused = true)]
async fn each_component_and_the_whole_have_a_level() {
    let telemetry = TestTelemetry::builder().with_tokio_time().entered();
    let checks = [
        Check::required("fine", Finds(Status::Healthy)),
        Check::required("slow", Counting::taking(Duration::from_millis(30))),
        Check::required("degraded", Finds(Status::Degraded)),
        Check::optional("down", Finds(Status::Unhealthy)),
        Check::optional("hangs", Hanging).timeout(Duration::from_secs(2)),
    ];
    let health = described(telemetry.meter(), HealthSettings::default(), checks);
    for _ in 0..3 {
        health.readiness().await;
    }
    let metrics = telemetry.metrics();
    for (component, level) in
        [("fine", 1.0), ("slow", 1.0), ("degraded", 0.5), ("down", 0.0), ("hangs", 0.0), ("all", 0.5)]
    {
        metrics.assert_gauge(STATUS, &[("component", component)], level);
    }
    for component in ["fine", "slow", "degraded", "down", "hangs"] {
        metrics.assert_histogram_count(DURATION, &[("component", component)], 1);
    }
    let took = |component: &str| metrics.histogram(DURATION, &[("component", component)]).sum;
    assert!((0.030..0.040).contains(&took("slow")), "{}", took("slow"));
    assert!((2.0..2.1).contains(&took("hangs")), "{}", took("hangs"));
    assert_eq!(metrics.series_count(DURATION), 5, "the whole has no latency of its own");
    assert_eq!(metrics.names().len(), 3, "{metrics}");
}

#[tokio::test]
async fn what_a_component_is_its_check_or_the_application_declares() {
    let telemetry = TestTelemetry::entered();
    let query = || DatabaseQuery::new(|| async { Ok::<(), std::io::Error>(()) });
    let checks = [
        Check::required("tasks", query()),
        Check::required("ledger", Finds(Status::Unhealthy)).kind(ComponentKind::Database),
        Check::required("database", Finds(Status::Healthy)),
    ];
    let health = described(telemetry.meter(), HealthSettings::default(), checks);
    health.readiness().await;
    let metrics = telemetry.metrics();
    for (component, kind) in [("tasks", "database"), ("ledger", "database"), ("database", "other")] {
        metrics.assert_gauge("agentpane_health_component_info", &[("component", component), ("kind", kind)], 1.0);
    }
    assert_eq!(metrics.series_count("agentpane_health_component_info"), 3);
}

#[tokio::test]
async fn a_change_is_logged_and_what_stays_is_not() {
    let telemetry = TestTelemetry::entered();
    let found = Arc::new(Mutex::new(Verdict::healthy()));
    let check = {
        let found = Arc::clone(&found);
        move || {
            let verdict = found.lock().expect("nobody panics with it").clone();
            async move { verdict }
        }
    };
    let settings = HealthSettings { ttl: Duration::ZERO, ..HealthSettings::default() };
    let health = described(telemetry.meter(), settings, [Check::optional("cache", check)]);
    let turns = [
        (Verdict::healthy(), None),
        (Verdict::degraded("the queue is long"), Some(("WARN", "component is not healthy"))),
        (Verdict::degraded("the queue is longer"), None),
        (Verdict::unhealthy("the queue is full"), Some(("WARN", "component is not healthy"))),
        (Verdict::unhealthy("the queue is full"), None),
        (Verdict::healthy(), Some(("INFO", "component recovered"))),
        (Verdict::healthy(), None),
    ];
    for (verdict, logged) in turns {
        telemetry.clear();
        *found.lock().expect("nobody panics with it") = verdict.clone();
        health.readiness().await;
        let logs = telemetry.logs();
        let told = logs.containing("component");
        let told: Vec<_> = told.iter().map(|log| (log.severity.as_str(), log)).collect();
        match logged {
            None => assert!(told.is_empty(), "{logs}"),
            Some((severity, text)) => {
                assert_eq!(told.len(), 1, "{logs}");
                assert_eq!(told[0].0, severity);
                logs.one(text).assert_attribute("component", "cache");
            }
        }
    }
}
