//! What is promised of event streams: that they end well, and how soon they begin to tell something.

use telemetry_mixin::model::{Objective, Slo, Tested};
use telemetry_mixin::query::{above_bound, given, rate};
use telemetry_mixin::runbook;

use crate::metrics::{CloseReason, StreamKind, StreamMetrics};

const JOB: [&str; 1] = ["job"];
const TESTED: [(&str, &str); 1] = [("job", "api")];

/// The seconds within which a stream is to begin: a bound of its buckets.
const SOON: f64 = 2.0;

/// Both objectives. A stream on which nothing happens until it times out is no failure of the server, and a session begins
/// when people do.
pub(super) fn all(team: &str, dashboard: &str) -> [Slo; 2] {
    let ended = |reason: CloseReason| given(StreamMetrics::DISCONNECTS, "a").only(StreamKind::Agent).only(reason);
    let availability = Objective {
        good: 0.99,
        promise: "$objective of the streams that end were not cut off by an error",
        bad: rate(StreamMetrics::DISCONNECTS)
            .matches("reason", "upstream_error|serialization_error|internal_error")
            .by(JOB)
            .into(),
        total: rate(StreamMetrics::DISCONNECTS).by(JOB).into(),
        team,
        dashboard,
        tested: Tested::bad_and_good(ended(CloseReason::UpstreamError), ended(CloseReason::Completed)),
        tested_labels: &TESTED,
    };
    let begun = || given(StreamMetrics::TIME_TO_FIRST_EVENT, "a").only(StreamKind::Agent);
    let latency = Objective {
        good: 0.95,
        promise: "$objective of the streams of executions have their first event within 2 s",
        bad: above_bound(SOON, StreamMetrics::TIME_TO_FIRST_EVENT).except(StreamKind::Session).by(JOB).into(),
        total: rate(StreamMetrics::TIME_TO_FIRST_EVENT).except(StreamKind::Session).by(JOB).into(),
        team,
        dashboard,
        tested: Tested::all_and_good(begun().count(), begun().bucket("2.0")),
        tested_labels: &TESTED,
    };
    [Slo::new(runbook!("StreamAvailability"), availability), Slo::new(runbook!("StreamFirstEvent"), latency)]
}
