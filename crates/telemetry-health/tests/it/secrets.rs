//! What an error holds that nobody is to read.

use std::time::Duration;

use telemetry_health::{DatabaseQuery, Health, Status, Verdict};
use telemetry_testkit::TestTelemetry;

/// What must be nowhere.
const SECRETS: [&str; 6] =
    ["hunter2", "db.internal", "ghp_16C7e42F292c", "s3cr3t-cookie", "core::panicking", "main.rs:7"];

/// Errors as real clients write them.
const ERRORS: [&str; 7] = [
    "error connecting to postgres://app:hunter2@db.internal:5432/prod?sslmode=require: timed out",
    "connection failed: host=db.internal user=app password=hunter2 dbname=prod",
    "login with password \"hunter2\" was refused",
    "401 for token ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "request failed\nAuthorization: Bearer hunter2\nCookie: session=s3cr3t-cookie",
    "boom\n   0: core::panicking::panic\n             at src/main.rs:7",
    "boom stack backtrace: 0: core::panicking::panic at src/main.rs:7",
];

#[tokio::test]
async fn neither_answers_nor_telemetry_hold_them() {
    for error in ERRORS {
        let telemetry = TestTelemetry::entered();
        let health = Health::builder()
            .ttl(Duration::ZERO)
            .required("closure", move || async move { Err(error) })
            .required("query", DatabaseQuery::new(move || async move { Err(error) }).detail("error", error))
            .required("verdict", move || async move {
                Verdict::degraded(error).detail("password", "hunter2").detail("nested", vec![error])
            })
            .required("panics", move || async move {
                assert!(error.is_empty(), "{error}");
                Verdict::healthy()
            })
            .build(telemetry.meter())
            .expect("the names are good");
        let report = health.readiness().await;
        assert_eq!(report.status, Status::Unhealthy);
        let answer = serde_json::to_string(&report).expect("a report serialises");
        for secret in SECRETS {
            assert!(!answer.contains(secret), "{secret} is in {answer}");
            telemetry.assert_nowhere(secret);
        }
        assert!(report.components.iter().flatten().all(|component| component.message.is_some()), "{answer}");
    }
}

#[tokio::test]
async fn what_is_no_secret_stays() {
    for error in ["no such table: tasks", "database is locked (code 5)", "too many connections for role \"app\""] {
        let health = Health::builder().required("query", DatabaseQuery::new(move || async move { Err(error) }));
        let report = crate::fixture::unrecorded(health).readiness().await;
        let message = format!("the query failed: {error}");
        assert_eq!(crate::fixture::found(&report, "query"), (Status::Unhealthy, Some(message.as_str())));
    }
}
