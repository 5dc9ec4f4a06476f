//! What an error holds that nobody is to read.

use telemetry_health::{Check, DatabaseQuery, HealthSettings, Status, Verdict};
use telemetry_testkit::TestTelemetry;

use crate::fixture::{described, found, only};

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
        let fails = move || async move { Err::<(), _>(error) };
        let degrades =
            move || async move { Verdict::degraded(error).detail("password", "hunter2").detail("nested", vec![error]) };
        let panics = move || async move {
            assert!(error.is_empty(), "{error}");
            Verdict::healthy()
        };
        let checks = [
            Check::required("closure", fails),
            Check::required("query", DatabaseQuery::new(fails).detail("error", error)),
            Check::required("verdict", degrades),
            Check::required("panics", panics),
        ];
        let health = described(telemetry.meter(), HealthSettings::default(), checks);
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
        let report = only(DatabaseQuery::new(move || async move { Err::<(), _>(error) })).await;
        let message = format!("the query failed: {error}");
        assert_eq!(found(&report, "only"), (Status::Unhealthy, Some(message.as_str())));
    }
}
