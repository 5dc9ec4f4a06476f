//! How components are added, and what is refused of them.

use std::time::Duration;

use telemetry_core::Meter;
use telemetry_health::{Check, Health, HealthError, Status};

use crate::fixture::{Finds, found, unrecorded};

fn add(names: &[&str]) -> Result<(), HealthError> {
    let health = Health::new(&Meter::noop());
    names.iter().try_for_each(|name| health.required(*name, Finds(Status::Healthy)).map(drop))
}

#[test]
fn names_and_times_are_checked() {
    let long = "x".repeat(65);
    for (names, told) in [
        (&["all"][..], "\"all\" is not accepted"),
        (&[""], "\"\" is not accepted"),
        (&["Database"], "\"Database\" is not accepted"),
        (&["my db"], "\"my db\" is not accepted"),
        (&[&long], "accepted are 1 to 64 lower-case letters"),
        (&["db", "cache", "db"], "\"db\" is given twice"),
    ] {
        let error = add(names).expect_err(told).to_string();
        assert!(error.contains(told), "{error}");
    }
    assert_eq!(add(&["db", "my_db-2.eu", &long[..64]]), Ok(()));

    let health = unrecorded([]);
    let timeless = Check::optional("db", Finds(Status::Healthy)).timeout(Duration::ZERO);
    let error = health.add(timeless).expect_err("a check needs some time").to_string();
    assert!(error.contains("timeout of component \"db\": 0s"), "{error}");
}

#[test]
fn steps_and_checks_share_their_names() {
    let health = unrecorded([Check::required("db", Finds(Status::Healthy))]);
    assert_eq!(health.startup_step("db").map(drop), Err(HealthError::Twice { name: "db".to_owned() }));
    let _step = health.startup_step("cache").expect("the name is free");
    let error = health.optional("cache", Finds(Status::Healthy)).map(drop);
    assert_eq!(error, Err(HealthError::Twice { name: "cache".to_owned() }));
    assert!(matches!(health.startup_step("All").map(drop), Err(HealthError::Name { .. })));
}

#[tokio::test]
async fn what_is_added_later_is_asked_too() {
    let health = unrecorded([Check::required("early", Finds(Status::Healthy))]);
    assert_eq!(health.readiness().await.status, Status::Healthy);
    let elsewhere = health.clone();
    elsewhere.required("late", Finds(Status::Unhealthy)).expect("the name is free");
    let report = health.readiness().await;
    assert_eq!((report.status, found(&report, "late").0), (Status::Unhealthy, Status::Unhealthy));
}

#[tokio::test]
async fn the_process_has_one_health() {
    Health::global().optional("shared", Finds(Status::Degraded)).expect("no other test adds it");
    assert_eq!(found(&Health::global().readiness().await, "shared").0, Status::Degraded);
}
