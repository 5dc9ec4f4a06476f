//! What is promised of tools: that they do what they are asked to, and how fast.

use telemetry_mixin::model::{Objective, Slo, Tested};
use telemetry_mixin::query::{Selector, above_bound, given, rate};
use telemetry_mixin::runbook;

use crate::metrics::{Outcome, ToolMetrics};

const JOB: [&str; 1] = ["job"];
const TESTED: [(&str, &str); 1] = [("job", "api")];

/// The seconds within which a tool is to be done: a bound of its buckets.
const SOON: f64 = 10.0;

fn runs() -> Selector {
    given(ToolMetrics::EXECUTE, "a").is("tool_id", "git-diff")
}

/// Both objectives; runs that their caller dropped count for neither.
pub(super) fn all(team: &str, dashboard: &str) -> [Slo; 2] {
    let total = || rate(ToolMetrics::EXECUTE).except(Outcome::Cancelled).by(JOB).into();
    let availability = Objective {
        good: 0.95,
        promise: "$objective of the runs of tools neither fail nor exceed their timeout",
        bad: rate(ToolMetrics::EXECUTE).matches("outcome", "error|timeout").by(JOB).into(),
        total: total(),
        team,
        dashboard,
        tested: Tested::bad_and_good(runs().count().only(Outcome::Error), runs().count().only(Outcome::Success)),
        tested_labels: &TESTED,
    };
    let ended = || runs().only(Outcome::Success);
    let latency = Objective {
        good: 0.95,
        promise: "$objective of the runs of tools end within 10 s",
        bad: above_bound(SOON, ToolMetrics::EXECUTE).except(Outcome::Cancelled).by(JOB).into(),
        total: total(),
        team,
        dashboard,
        tested: Tested::all_and_good(ended().count(), ended().bucket("10.0")),
        tested_labels: &TESTED,
    };
    [Slo::new(runbook!("ToolAvailability"), availability), Slo::new(runbook!("ToolLatency"), latency)]
}
