//! What is promised of the tools of MCP servers: that they answer, and how fast.

use telemetry_mixin::model::{Objective, Slo, Tested};
use telemetry_mixin::query::{Selector, above_bound, given, rate};
use telemetry_mixin::runbook;

use crate::metrics::{McpToolMetrics, Outcome};

/// Each server has a budget of its own: what one loses no other can make good.
const SERVER: [&str; 2] = ["job", "server_id"];
const TESTED: [(&str, &str); 2] = [("job", "api"), ("server_id", "github")];

/// The seconds within which a tool is to answer: a bound of its buckets.
const SOON: f64 = 5.0;

fn executions() -> Selector {
    given(McpToolMetrics::EXECUTE, "a").is("server_id", "github").is("tool_name", "search")
}

/// Both objectives; executions that their caller dropped count for neither.
pub(super) fn all(team: &str, dashboard: &str) -> [Slo; 2] {
    let total = || rate(McpToolMetrics::EXECUTE).except(Outcome::Cancelled).by(SERVER).into();
    let ended = |outcome: Outcome| executions().only(outcome);
    let availability = Objective {
        good: 0.95,
        promise: "$objective of the executions of a server's tools neither fail nor exceed their timeout",
        bad: rate(McpToolMetrics::EXECUTE).matches("outcome", "error|timeout").by(SERVER).into(),
        total: total(),
        team,
        dashboard,
        tested: Tested::bad_and_good(ended(Outcome::Error).count(), ended(Outcome::Success).count()),
        tested_labels: &TESTED,
    };
    let latency = Objective {
        good: 0.95,
        promise: "$objective of the executions of a server's tools end within 5 s",
        bad: above_bound(SOON, McpToolMetrics::EXECUTE).except(Outcome::Cancelled).by(SERVER).into(),
        total: total(),
        team,
        dashboard,
        tested: Tested::all_and_good(ended(Outcome::Success).count(), ended(Outcome::Success).bucket("5.0")),
        tested_labels: &TESTED,
    };
    [Slo::new(runbook!("McpToolAvailability"), availability), Slo::new(runbook!("McpToolLatency"), latency)]
}
