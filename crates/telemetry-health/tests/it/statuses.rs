//! What the parts make of the whole.

use telemetry_health::{Check, Health, Status};

use crate::fixture::{Finds, unrecorded};
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
        let mut builder = Health::builder();
        for (number, status) in required.iter().enumerate() {
            builder = builder.required(format!("required-{number}"), Finds(*status));
        }
        for (number, status) in optional.iter().enumerate() {
            builder = builder.check(Check::optional(format!("optional-{number}"), Finds(*status)));
        }
        let report = unrecorded(builder).readiness().await;
        assert_eq!(report.status, whole, "{required:?} {optional:?}");
        assert_eq!(report.is_serving(), whole != Unhealthy);
        let each: Vec<_> = report.components.iter().flatten().map(|component| component.status).collect();
        assert_eq!(each, [required, optional].concat(), "each is reported as it is, in order");
    }
}

#[tokio::test]
async fn a_closure_is_a_check() {
    let health = unrecorded(
        Health::builder()
            .required("fine", || async { Ok::<_, std::fmt::Error>(()) })
            .optional("failing", || async { Err("no route to host") })
            .optional("found", || async { telemetry_health::Verdict::degraded("slow").detail("lag", 7) }),
    );
    let report = health.readiness().await;
    assert_eq!(crate::fixture::found(&report, "fine"), (Healthy, None));
    assert_eq!(crate::fixture::found(&report, "failing"), (Unhealthy, Some("no route to host")));
    assert_eq!(crate::fixture::found(&report, "found"), (Degraded, Some("slow")));
    assert_eq!(report.component("found").expect("it is there").details["lag"], 7);
}
