//! A sound domain with one of everything; tests break it in one place at a time.

use telemetry_mixin::model::{
    Alert, AlertRule, AlertTest, Dashboard, Domain, Mixin, Objective, Panel, RecordingRule, Runbook, Severity, Slo,
    Tested, Unit, Variable,
};
use telemetry_mixin::query::{Expr, given, rate, share, sum, threshold};

use crate::catalogue::CATALOGUE;

pub(crate) const RULE: &str = "job_instance_project_id:agentpane_queue_depth:sum";

const RUNS: &str = "runtime_tool_execute_seconds_count";

pub(crate) fn runbook(name: &str) -> Runbook {
    Runbook::new(
        name,
        format!(
            "# {name}\n\n## Meaning\n\nTasks pile up.\n\n## Impact\n\nThey wait.\n\n## Diagnosis\n\n\
             ```promql\nsum by (project_id) (agentpane_queue_depth)\n```\n\n## Mitigation\n\nRun more agents.\n"
        ),
    )
}

pub(crate) fn dashboard() -> Dashboard {
    Dashboard::new("queue", "Queue", "What waits")
        .variable(Variable::new("project_id", "Project", "agentpane_queue_depth"))
        .panel(
            Panel::stat("Depth", "Tasks that wait", Unit::Short, sum(RULE).by(["project_id"]))
                .threshold(0.0, "green")
                .threshold(10.0, "red")
                .alert("QueueBacklog"),
        )
        .row("Runs")
        .panel(Panel::time_series(
            "Errors",
            "Failed runs",
            Unit::per_second("errors"),
            share(rate("runtime_tool_timeouts_total"), rate(RUNS).matches("outcome", "success|timeout")),
        ))
}

/// What every alert of these tests has to say, about the projects' queues.
pub(crate) fn rule(when: impl Into<Expr>) -> AlertRule<'static> {
    AlertRule {
        when: when.into(),
        hold: "30m",
        severity: Severity::Warning,
        team: "agents",
        summary: "Tasks pile up",
        description: "{{ $value }} tasks of project {{ $labels.project_id }} wait, more than $threshold.",
        dashboard: "queue",
    }
}

pub(crate) fn alert() -> Alert {
    let depth = || given("agentpane_queue_depth", "a").is("project_id", "p");
    Alert::new(runbook("QueueBacklog"), rule(sum("agentpane_queue_depth").by(["project_id"]).above(threshold(10.0))))
        .test(
            AlertTest::new("twelve wait for an hour", "1h")
                .series(depth(), "12x70")
                .fires(&[("project_id", "p")], "12"),
        )
        .test(AlertTest::new("ten wait for an hour", "1h").series(depth(), "10x70"))
}

pub(crate) fn slo() -> Slo {
    let ended = |outcome| given(RUNS, "a").is("tool_id", "t").is("outcome", outcome);
    Slo::new(
        runbook("ToolSuccess"),
        Objective {
            good: 0.99,
            promise: "$objective of all tool runs end without an error",
            bad: rate(RUNS).is("outcome", "error").by(["job"]).into(),
            total: rate(RUNS).by(["job"]).into(),
            team: "agents",
            dashboard: "queue",
            tested: Tested::bad_and_good(ended("error"), ended("success")),
            tested_labels: &[("job", "api")],
        },
    )
}

pub(crate) fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(dashboard())
        .rule(RecordingRule::new(RULE, sum("agentpane_queue_depth").by(["job", "instance", "project_id"])))
        .alert(alert())
        .slo(slo())
}

pub(crate) fn domain(mixin: Mixin) -> Domain {
    Domain::new("demo", CATALOGUE, mixin)
}
