//! The alert on certificates with which applications export, before they expire.

use telemetry_core::{CertificateUse, MetricDef, SelfMetrics};

use super::losses::FAILURES;
use super::names::{PIPELINE, TEAM};
use crate::model::{Alert, AlertRule, AlertTest, Severity};
use crate::query::{Expr, given, min, promql, threshold};
use crate::runbook;

/// When certificates expire.
const EXPIRY: &MetricDef = SelfMetrics::CATALOGUE[4];

/// The labels by which certificates are told apart.
const WHOSE: [&str; 2] = ["job", "certificate"];

/// Two weeks: what a person needs who has to ask others, and less than what is left where a renewal by itself works.
const SOON: f64 = 1_209_600.0;

/// The time that the certificates of a service have left.
pub(super) fn time_left() -> Expr {
    promql(format!("{} - time()", min(EXPIRY).by(WHOSE)))
}

pub(super) fn expiring() -> Alert {
    let expiry = |instance| given(EXPIRY, instance).only(CertificateUse::Client);
    Alert::new(
        runbook!("TelemetryCertificateExpiring"),
        AlertRule {
            when: time_left().below(threshold(SOON)),
            hold: "10m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A certificate with which a service exports its telemetry expires soon",
            description: "The {{ $labels.certificate }} certificate of job {{ $labels.job }} has \
                          {{ $value | humanizeDuration }} left.",
            dashboard: PIPELINE,
        },
    )
    // Tests begin at the beginning of Unix time.
    .test(
        AlertTest::new("one instance has not been given the new one", "60m")
            .series(expiry("a"), "1210800x80")
            .series(expiry("b"), "9999999x80")
            .fires(&[("job", "api"), ("certificate", "client")], "13d 23h 20m 0s"),
    )
    .test(
        AlertTest::new("it has expired", "60m")
            .series(expiry("a"), "1800x80")
            .fires(&[("job", "api"), ("certificate", "client")], "-30m 0s"),
    )
    .test(AlertTest::new("two weeks are left, to the second", "30m").series(expiry("a"), "1211400x60"))
    .test(AlertTest::new("it was renewed at the last moment", "30m").series(expiry("a"), "1210000x10 9999999x60"))
    .test(AlertTest::new("a service that reads none from files", "30m").series(given(FAILURES, "a"), "0x60"))
}
