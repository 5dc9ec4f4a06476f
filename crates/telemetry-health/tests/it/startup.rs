//! The gate that holds until the service has come up.

use telemetry_health::{Check, Health, Status};
use telemetry_testkit::TestTelemetry;

use crate::fixture::{Counting, STATUS, found, unrecorded};

#[tokio::test]
async fn nothing_is_ready_before_all_steps_are_complete() {
    let telemetry = TestTelemetry::new();
    let counting = Counting::default();
    let health = Health::new(telemetry.meter());
    health.required("counted", counting.clone()).expect("the name is good");
    let migrations = health.startup_step("migrations").expect("the name is good");
    let cache = health.startup_step("cache").expect("the name is good");

    let startup = health.startup();
    assert_eq!(startup.status, Status::Unhealthy);
    assert_eq!(found(&startup, "migrations"), (Status::Unhealthy, Some("startup is under way")));
    assert_eq!(counting.runs(), 0, "startup asks no component");
    assert_eq!(health.liveness().status, Status::Healthy, "what starts is alive");

    migrations.complete();
    let startup = health.startup();
    assert_eq!(startup.status, Status::Unhealthy);
    assert_eq!(found(&startup, "migrations"), (Status::Healthy, None));
    let ready = health.readiness().await;
    assert_eq!(ready.status, Status::Unhealthy);
    assert_eq!(found(&ready, "cache"), (Status::Unhealthy, Some("startup is under way")));
    assert_eq!(found(&ready, "counted"), (Status::Healthy, None));
    assert!(ready.component("migrations").is_none(), "what is done is no longer told");
    telemetry.assert_gauge(STATUS, &[("component", "all")], 0.0);

    cache.complete();
    assert_eq!(health.startup().status, Status::Healthy);
    assert_eq!(health.readiness().await.status, Status::Healthy);
    telemetry.assert_gauge(STATUS, &[("component", "all")], 1.0);
}

#[tokio::test]
async fn a_step_that_is_given_up_has_failed() {
    let telemetry = TestTelemetry::entered();
    let health = Health::new(telemetry.meter());
    drop(health.startup_step("migrations").expect("the name is good"));
    assert_eq!(found(&health.startup(), "migrations"), (Status::Unhealthy, Some("startup failed")));
    assert_eq!(health.readiness().await.status, Status::Unhealthy);
    telemetry.log("startup step failed").assert_attribute("step", "migrations");
}

#[test]
fn without_steps_a_service_is_up() {
    let health = unrecorded([Check::required("counted", Counting::default())]);
    let startup = health.startup();
    assert_eq!((startup.status, startup.components), (Status::Healthy, Some(Vec::new())));
}
