//! What is refused before anything runs.

use std::time::Duration;

use telemetry_core::Meter;
use telemetry_health::{Check, Health, HealthBuilder, Status};

use crate::fixture::Finds;

fn with(names: &[&str]) -> HealthBuilder {
    names.iter().fold(Health::builder(), |builder, name| builder.required(*name, Finds(Status::Healthy)))
}

#[test]
fn names_and_times_are_checked() {
    let long = "x".repeat(65);
    for (builder, told) in [
        (with(&["all"]), "\"all\" is not accepted"),
        (with(&[""]), "\"\" is not accepted"),
        (with(&["Database"]), "\"Database\" is not accepted"),
        (with(&["my db"]), "\"my db\" is not accepted"),
        (with(&[&long]), "accepted are 1 to 64 lower-case letters"),
        (with(&["db", "cache", "db"]), "\"db\" is given twice"),
        (with(&["db"]).timeout(Duration::ZERO), "timeout of component \"db\": 0s"),
        (
            Health::builder().check(Check::optional("db", Finds(Status::Healthy)).timeout(Duration::ZERO)),
            "timeout of component \"db\": 0s",
        ),
    ] {
        let error = builder.build(&Meter::noop()).expect_err(told).to_string();
        assert!(error.contains(told), "{error}");
    }
    let mut builder = with(&["db"]);
    let _step = builder.startup_step("db");
    assert!(builder.build(&Meter::noop()).is_err(), "steps and checks share their names");
    assert!(with(&["db", "my_db-2.eu", &long[..64]]).build(&Meter::noop()).is_ok());
}
