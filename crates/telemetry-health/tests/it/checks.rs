//! The checks of files and databases.

use std::error::Error;
use std::future::pending;
use std::time::Duration;

use telemetry_health::{DatabaseQuery, FileSystem, Status, Verdict};
use telemetry_testkit::TestTelemetry;
use tokio::time::timeout;

use crate::fixture::{found, only};

#[tokio::test]
async fn a_directory_that_can_be_written_is_healthy_and_stays_empty() {
    let directory = tempfile::tempdir().expect("a directory");
    for _ in 0..3 {
        assert_eq!(found(&only(FileSystem::new(directory.path())).await, "only"), (Status::Healthy, None));
    }
    assert_eq!(std::fs::read_dir(directory.path()).expect("it is there").count(), 0);
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_says_why_and_not_where() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("hunter2");
    std::fs::write(&file, "").expect("the directory is ours");
    for (path, told) in [
        (directory.path().join("missing"), "cannot create a file: entity not found"),
        (file, "cannot create a file: not a directory"),
    ] {
        let report = only(FileSystem::new(&path)).await;
        assert_eq!(found(&report, "only"), (Status::Unhealthy, Some(told)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_query_that_is_slow_degrades_where_that_is_asked_for() {
    let _in_paused_time = TestTelemetry::builder().with_tokio_time().entered();
    let limit = Duration::from_millis(100);
    for (takes, status, message) in [
        (Duration::from_millis(50), Status::Healthy, None),
        (Duration::from_millis(500), Status::Degraded, Some("the query is slow")),
    ] {
        let query = move || async move {
            let _over = timeout(takes, pending::<()>()).await;
            Ok::<_, std::fmt::Error>(())
        };
        let report = only(DatabaseQuery::new(query).slow_after(limit).detail("database", "tasks")).await;
        assert_eq!(found(&report, "only"), (status, message));
        assert_eq!(report.component("only").expect("it is there").details["database"], "tasks");
        let report = only(DatabaseQuery::new(query)).await;
        assert_eq!(found(&report, "only"), (Status::Healthy, None));
    }
}

/// A client's error as libraries have them: what happened is in its cause.
#[derive(Debug)]
struct Unavailable(std::io::Error);

impl std::fmt::Display for Unavailable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("error communicating with the database")
    }
}

impl Error for Unavailable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn a_check_that_fails_says_why_with_its_causes() {
    let refused = || Unavailable(std::io::Error::other("connection refused"));
    let verdicts = [
        Verdict::from(Err::<(), _>(refused())),
        Verdict::from(Err::<(), Box<dyn Error + Send + Sync>>(refused().into())),
    ];
    for verdict in verdicts {
        assert_eq!(verdict, Verdict::unhealthy("error communicating with the database: connection refused"));
    }
    assert_eq!(Verdict::from(Err::<(), _>("no answer")), Verdict::unhealthy("no answer"), "a text is one as it is");
}
