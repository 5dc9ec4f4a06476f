//! A sound domain with one of everything; tests break it in one place at a time.

use telemetry_mixin::model::{
    Alert, AlertTest, Dashboard, Domain, Mixin, Panel, Query, RecordingRule, Runbook, Slo, Unit, Variable,
};

use crate::catalogue::CATALOGUE;

pub(crate) const RULE: &str = "job_instance_project_id:agentpane_queue_depth:sum";

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
            Panel::stat("Depth", "Tasks that wait")
                .query(Query::new(format!("sum by (project_id) ({RULE})")).legend("{{project_id}}"))
                .threshold(0.0, "green")
                .threshold(10.0, "red")
                .alert("QueueBacklog"),
        )
        .row("Runs")
        .panel(Panel::time_series("Errors", "Failed runs").unit(Unit::per_second("errors")).query(Query::ratio(
            "sum(rate(runtime_tool_timeouts_total[$__rate_interval]))",
            "sum(rate(runtime_tool_execute_seconds_count{outcome=~\"success|timeout\"}[$__rate_interval]))",
        )))
}

pub(crate) fn alert() -> Alert {
    let depth = r#"agentpane_queue_depth{job="api", instance="a", project_id="p"}"#;
    Alert::new("QueueBacklog", "sum by (project_id) (agentpane_queue_depth) > $threshold")
        .threshold(10.0)
        .hold("30m")
        .team("agents")
        .summary("Tasks pile up")
        .description("{{ $value }} tasks of project {{ $labels.project_id }} wait, more than $threshold.")
        .dashboard("queue")
        .test(
            AlertTest::new("twelve wait for an hour", "1h").series(depth, "12x70").fires(&[("project_id", "p")], "12"),
        )
        .test(AlertTest::new("ten wait for an hour", "1h").series(depth, "10x70"))
}

pub(crate) fn slo() -> Slo {
    Slo::new(
        "ToolSuccess",
        0.99,
        "sum(rate(runtime_tool_execute_seconds_count{outcome=\"error\"}[$window]))",
        "sum(rate(runtime_tool_execute_seconds_count[$window]))",
    )
    .description("of a hundred tool runs at most one fails")
    .team("agents")
    .dashboard("queue")
    .tested_with(
        r#"runtime_tool_execute_seconds_count{tool_id="t", outcome="error"}"#,
        r#"runtime_tool_execute_seconds_count{tool_id="t", outcome="success"}"#,
        &[],
    )
}

pub(crate) fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(dashboard())
        .rule(RecordingRule::new(RULE, "sum by (job, instance, project_id) (agentpane_queue_depth)"))
        .alert(alert())
        .slo(slo())
        .runbook(runbook("QueueBacklog"))
        .runbook(runbook("ToolSuccess"))
}

pub(crate) fn domain(mixin: Mixin) -> Domain {
    Domain::new("demo", CATALOGUE, mixin)
}
