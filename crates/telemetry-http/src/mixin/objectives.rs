//! What is promised of HTTP servers: that they answer, and how fast.

use telemetry_mixin::model::{Objective, Slo, Tested};
use telemetry_mixin::query::{above_bound, given, rate};
use telemetry_mixin::runbook;

use crate::metrics::{RequestMetrics, RouteMetrics};

const JOB: [&str; 1] = ["job"];
const TESTED: [(&str, &str); 1] = [("job", "api")];

/// The seconds within which a request is to be answered: a bound of its buckets.
const SOON: f64 = 1.0;

/// Both objectives. What callers do wrong, or give up, is no failure of the server.
pub(super) fn all(team: &str, dashboard: &str) -> [Slo; 2] {
    let answered =
        |status| given(RequestMetrics::REQUESTS, "a").is("method", "GET").is("path", "/tasks").is("status", status);
    let availability = Objective {
        good: 0.999,
        promise: "$objective of the HTTP requests are answered with a status below 500",
        bad: rate(RequestMetrics::REQUESTS).matches("status", "5..").by(JOB).into(),
        total: rate(RequestMetrics::REQUESTS).by(JOB).into(),
        team,
        dashboard,
        tested: Tested::bad_and_good(answered("503"), answered("200")),
        tested_labels: &TESTED,
    };
    let taken = || given(RouteMetrics::DURATION, "a").is("method", "GET").is("path", "/tasks");
    let latency = Objective {
        good: 0.99,
        promise: "$objective of the HTTP requests are answered within 1 s",
        bad: above_bound(SOON, RouteMetrics::DURATION).by(JOB).into(),
        total: rate(RouteMetrics::DURATION).by(JOB).into(),
        team,
        dashboard,
        tested: Tested::all_and_good(taken().count(), taken().bucket("1.0")),
        tested_labels: &TESTED,
    };
    [Slo::new(runbook!("HttpAvailability"), availability), Slo::new(runbook!("HttpLatency"), latency)]
}
