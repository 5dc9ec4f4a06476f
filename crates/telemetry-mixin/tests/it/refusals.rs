//! Unsound declarations, and what the generator says of each.

use telemetry_core::{Catalogue, Kind};
use telemetry_mixin::model::{
    Alert, AlertTest, Dashboard, Domain, ForeignMetric, Mixin, Panel, Query, RecordingRule, Runbook, Unit, Variable,
};
use telemetry_mixin::query::{buckets, sum};
use telemetry_mixin::{GeneratorSettings, generate};

use crate::fixture::{alert, dashboard, domain, mixin, runbook};

/// What is said of the sound domain with one more thing in it.
fn refused(change: impl FnOnce(Mixin) -> Mixin) -> String {
    generate(&GeneratorSettings::default(), &[domain(change(mixin()))])
        .expect_err("what was changed is wrong")
        .to_string()
}

fn with_panel(panel: Panel) -> String {
    refused(|mixin| mixin.dashboard(Dashboard::new("own", "Own", "A test's own").panel(panel)))
}

fn with_alert(change: impl FnOnce(Alert) -> Alert) -> String {
    refused(|mut mixin| {
        mixin.alerts = vec![change(alert())];
        mixin
    })
}

fn shown(query: &str) -> Panel {
    Panel::stat("Shown", "A test's own", Unit::Short, query)
}

#[test]
fn panels() {
    let messages = [
        with_panel(shown("sum by (tool_id) (rate(runtime_tool_error_total[$__rate_interval]))")),
        with_panel(shown("rate(runtime_tool_errors_total[5m]) by (error_kind)")),
        with_panel(Panel::stat("Untold", "", Unit::Short, sum("agentpane_queue_depth"))),
        with_panel(Panel::stat("Empty", "It has no query", Unit::Short, Vec::<Query>::new())),
        with_panel(Panel::stat(
            "Shown",
            "A test's own",
            Unit::Short,
            ["sum by (project_id) (agentpane_queue_depth)", "up"],
        )),
        with_panel(Panel::stat(
            "Legend",
            "It shows a label that is gone",
            Unit::Short,
            sum("agentpane_queue_depth").by(["project_id"]).legend("{{instance}}"),
        )),
        with_panel(shown("sum(slo:tool_success:bad_ratio_rate5m)")),
        with_panel(shown("sum(agentpane_queue_depth{job=\"a\" or job=\"b\"})")),
        with_panel(shown("sum(rate(runtime_tool_errors_total[5m]))")),
        with_panel(shown("sum(irate(runtime_tool_errors_total[1h] offset 1d))")),
        with_panel(Panel::heatmap("Cells", "They are buckets", Unit::Seconds, buckets("runtime_tool_execute_seconds"))),
        with_panel(Panel::bucket_bars("Bars", "They are none", Unit::Short, sum("agentpane_queue_depth"))),
        with_panel(shown("up").threshold(2.0, "red").threshold(1.0, "green")),
        with_panel(shown("up").alert("Nothing")),
        refused(|mixin| mixin.dashboard(dashboard())),
        refused(|mixin| {
            mixin.dashboard(
                Dashboard::new("Own Board", "Own", "A test's own")
                    .variable(Variable::new("tool", "Tool", "agentpane_queue_depth"))
                    .variable(Variable::new("server", "Server", "nothing")),
            )
        }),
    ];
    insta::assert_snapshot!(messages.join("\n\n---\n\n"));
}

#[test]
fn alerts() {
    let messages = [
        with_alert(|alert| Alert { expression: "sum(agentpane_queue_depth)".to_owned(), ..alert }),
        with_alert(|alert| Alert { hold: "0s".to_owned(), ..alert }),
        with_alert(|alert| Alert { hold: "soon".to_owned(), ..alert }),
        with_alert(|alert| Alert { team: String::new(), ..alert }),
        with_alert(|alert| Alert { summary: "{{ $value }} tasks wait".to_owned(), ..alert }),
        with_alert(|alert| Alert { description: "{{ $labels.instance }} is slow".to_owned(), ..alert }),
        with_alert(|alert| Alert { dashboard: "nowhere".to_owned(), ..alert }),
        with_alert(|alert| Alert { threshold: None, ..alert }),
        with_alert(|mut alert| {
            alert.tests.truncate(1);
            alert
        }),
        with_alert(|mut alert| {
            alert.tests.remove(0);
            alert
        }),
        with_alert(|alert| {
            alert.test(
                AlertTest::new("it reads what there is not", "1h")
                    .series("agentpane_queue_dept{project_id=\"p\"}", "12x70")
                    .fires(&[("instance", "a")], "12"),
            )
        }),
        with_alert(|alert| Alert { runbook: runbook("Queue backlog"), ..alert }),
    ];
    insta::assert_snapshot!(messages.join("\n\n---\n\n"));
}

#[test]
fn rules_and_runbooks() {
    let messages = [
        refused(|mixin| mixin.rule(RecordingRule::new("queue_depth", "sum(agentpane_queue_depth)"))),
        refused(|mixin| mixin.rule(RecordingRule::new("all:agentpane_queue_depth:sum", "sum(agentpane_queue_depht)"))),
        with_alert(|alert| Alert {
            runbook: Runbook::new("QueueBacklog", "# Used\n\n## Meaning\n\n## Impact\n\nNone.\n"),
            ..alert
        }),
        with_alert(|mut alert| {
            let text = &mut alert.runbook.text;
            *text = text.replace("agentpane_queue_depth", "agentpane_queue_length");
            alert
        }),
    ];
    insta::assert_snapshot!(messages.join("\n\n---\n\n"));
}

#[test]
fn other_systems_metrics_are_known_once_declared() {
    let foreign = ForeignMetric::new("otelcol_exporter_queue_size", Kind::Gauge).labels(["exporter"]);
    let panel = shown("sum by (exporter) (otelcol_exporter_queue_size)");
    let mixin = |foreign: Option<ForeignMetric>| {
        let board = Mixin::new().dashboard(Dashboard::new("own", "Own", "A test's own").panel(panel.clone()));
        foreign.into_iter().fold(board, Mixin::foreign)
    };
    let check =
        |mixin| generate(&GeneratorSettings::default(), &[Domain::new("own", Catalogue::new("own", &[]), mixin)]);
    assert!(check(mixin(Some(foreign))).is_ok());
    assert!(check(mixin(None)).is_err());
}
