//! What the parts make of the whole.

use telemetry_health::{Check, DatabaseQuery, Status, Verdict};

use crate::fixture::{Finds, found, unrecorded};
use Status::{Degraded, Healthy, Unhealthy};

#[tokio::test]
async fn required_components_decide_and_optional_ones_only_degrade() {
    // Required ones, optional ones, the whole.
    let cases: [(&[Status], &[Status], Status); 14] = [
        (&[], &[], Healthy),
        (&[Healthy], &[], Healthy),
        (&[Degraded], &[], Degraded),
        (&[Unhealthy], &[], Unhealthy),
        (&[], &[Healthy], Healthy),
        (&[], &[Degraded], Degraded),
        (&[], &[Unhealthy], Degraded),
        (&[Healthy, Healthy], &[Healthy], Healthy),
        (&[Healthy, Degraded], &[], Degraded),
        (&[Degraded, Unhealthy], &[Healthy], Unhealthy),
        (&[Healthy], &[Unhealthy], Degraded),
        (&[Degraded], &[Unhealthy], Degraded),
        (&[Unhealthy], &[Unhealthy, Degraded], Unhealthy),
        (&[Healthy, Healthy], &[Unhealthy, Unhealthy, Unhealthy], Degraded),
    ];
    for (required, optional, whole) in cases {
        let health = unrecorded([]);
        for (number, status) in required.iter().enumerate() {
            health.required(format!("required-{number}"), Finds(*status)).expect("the name is free");
        }
        for (number, status) in optional.iter().enumerate() {
            health.optional(format!("optional-{number}"), Finds(*status)).expect("the name is free");
        }
        let report = health.readiness().await;
        assert_eq!(report.status, whole, "{required:?} {optional:?}");
        assert_eq!(report.is_serving(), whole != Unhealthy);
        let each: Vec<_> = report.components.iter().flatten().map(|component| component.status).collect();
        assert_eq!(each, [required, optional].concat(), "each is reported as it is, in order");
    }
}

#[tokio::test]
async fn a_closure_is_a_check() {
    let report = unrecorded([
        Check::required("fine", || async { Ok::<_, std::fmt::Error>(()) }),
        Check::optional("failing", || async { Err::<(), _>("no route to host") }),
        Check::optional("found", || async { Verdict::degraded("slow").detail("lag", 7) }),
    ])
    .readiness()
    .await;
    assert_eq!(found(&report, "fine"), (Healthy, None));
    assert_eq!(found(&report, "failing"), (Unhealthy, Some("no route to host")));
    assert_eq!(found(&report, "found"), (Degraded, Some("slow")));
    assert_eq!(report.component("found").expect("it is there").details["lag"], 7);
}

/// What a client of a database returns.
struct Row(#[expect(dead_code, reason = "nobody looks at what a probe read")] Vec<i64>);

#[tokio::test]
async fn whatever_a_client_returns_is_a_verdict() {
    let found_more = || async { Ok::<_, std::fmt::Error>(Verdict::degraded("the replica lags").detail("lag", 7)) };
    let row = || async { Ok::<_, Box<dyn std::error::Error + Send + Sync>>(Row(vec![1])) };
    let refused = || async { Err::<Row, _>(std::io::Error::from(std::io::ErrorKind::ConnectionRefused)) };
    let report = unrecorded([
        Check::required("row", row),
        Check::optional("found", found_more),
        Check::optional("refused", refused),
        Check::required("query-row", DatabaseQuery::new(row)),
        Check::optional("query-found", DatabaseQuery::new(found_more)),
        Check::optional("query-refused", DatabaseQuery::new(refused)),
    ])
    .readiness()
    .await;
    for prefix in ["", "query-"] {
        assert_eq!(found(&report, &format!("{prefix}row")), (Healthy, None));
        assert_eq!(found(&report, &format!("{prefix}found")), (Degraded, Some("the replica lags")));
        assert_eq!(report.component(&format!("{prefix}found")).expect("it is there").details["lag"], 7);
    }
    assert_eq!(found(&report, "refused"), (Unhealthy, Some("connection refused")));
    assert_eq!(found(&report, "query-refused"), (Unhealthy, Some("the query failed: connection refused")));
}
