//! What is promised of calls to LLM providers: that they are answered, and how fast.

use telemetry_mixin::model::{Objective, Slo, Tested};
use telemetry_mixin::query::{Selector, above_bound, given, rate};
use telemetry_mixin::runbook;

use super::names::{PROVIDERS, TEAM};
use crate::metrics::{ModelMetrics, Outcome};

/// Each provider has a budget of its own: what one loses no other can make good.
const PROVIDER: [&str; 2] = ["job", "provider"];
const TESTED: [(&str, &str); 2] = [("job", "api"), ("provider", "openai")];

/// The seconds within which a call is to be answered: a bound of its buckets.
const SOON: f64 = 30.0;

fn calls() -> Selector {
    given(ModelMetrics::REQUEST, "a").is("provider", "openai").is("model", "gpt-4o")
}

/// Both objectives; calls that their caller dropped count for neither.
pub(super) fn all() -> [Slo; 2] {
    let total = || rate(ModelMetrics::REQUEST).except(Outcome::Cancelled).by(PROVIDER).into();
    let availability = Objective {
        good: 0.99,
        promise: "$objective of the calls to a provider are answered in the end, retries included",
        bad: rate(ModelMetrics::REQUEST).matches("outcome", "error|timeout|rate_limited").by(PROVIDER).into(),
        total: total(),
        team: TEAM,
        dashboard: PROVIDERS,
        tested: Tested::bad_and_good(calls().count().only(Outcome::Error), calls().count().only(Outcome::Success)),
        tested_labels: &TESTED,
    };
    let ended = || calls().only(Outcome::Success);
    let latency = Objective {
        good: 0.95,
        promise: "$objective of the calls to a provider end within 30 s",
        bad: above_bound(SOON, ModelMetrics::REQUEST).except(Outcome::Cancelled).by(PROVIDER).into(),
        total: total(),
        team: TEAM,
        dashboard: PROVIDERS,
        tested: Tested::all_and_good(ended().count(), ended().bucket("30.0")),
        tested_labels: &TESTED,
    };
    [Slo::new(runbook!("ProviderAvailability"), availability), Slo::new(runbook!("ProviderLatency"), latency)]
}
