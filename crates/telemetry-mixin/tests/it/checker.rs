//! Expressions that the checker takes, and what it says of the others.

use std::fmt::Write as _;

use telemetry_core::{Kind, Namespace};
use telemetry_mixin::model::ForeignMetric;
use telemetry_mixin::promql::{Checker, Role};

use crate::catalogue::CATALOGUE;

fn checker() -> Checker {
    let mut checker = Checker::new(&[CATALOGUE], &Namespace::DEFAULT);
    let recorded = checker.add_recording_rule(
        "tool_id:runtime_tool_execute_seconds:p95_rate5m",
        "histogram_quantile(0.95, sum by (le, tool_id) (rate(runtime_tool_execute_seconds_bucket[5m])))",
        &[],
    );
    recorded.expect("the rule is sound");
    checker.add_foreign(&ForeignMetric::new("otelcol_exporter_queue_size", Kind::Gauge));
    checker
}

fn rendered(cases: &[&str], role: Role) -> String {
    let checker = checker();
    let mut out = String::new();
    for case in cases {
        match checker.check(case, role) {
            Ok(_) => writeln!(out, "ACCEPTED: {case}\n"),
            Err(problems) => problems.iter().try_for_each(|problem| writeln!(out, "{}\n", problem.in_expression(case))),
        }
        .expect("writing into a string never fails");
    }
    out
}

#[test]
fn sound_expressions_are_accepted() {
    let checker = checker();
    let cases = [
        (
            "histogram_quantile(0.95, sum by (le, tool_id) (rate(runtime_tool_execute_seconds_bucket[$__rate_interval])))",
            Role::Panel,
        ),
        (
            "sum by (error_kind) (rate(runtime_tool_errors_total{error_kind!~\"start|wait\"}[$__rate_interval]))",
            Role::Panel,
        ),
        (
            "sum(rate(runtime_tool_timeouts_total[5m])) / sum(rate(runtime_tool_execute_seconds_count[5m])) > 0.05",
            Role::Alert,
        ),
        (
            "(sum(rate(runtime_tool_timeouts_total[5m])) or 0 * sum(rate(runtime_tool_execute_seconds_count[5m]))) / (sum(rate(runtime_tool_execute_seconds_count[5m])) > 0)",
            Role::Panel,
        ),
        (
            "sum by (kind) (rate(http_exec_started_total[1m])) / sum by (kind) (rate(http_exec_sync_latency_seconds_count[1m]))",
            Role::Panel,
        ),
        (
            "sum by (project_id) (agentpane_queue_depth) > 10 and sum by (project_id) (delta(agentpane_queue_depth[30m])) > 5",
            Role::Alert,
        ),
        ("sum(increase(http_exec_started_total[1d])) and on () (hour() == 0 and minute() < 10)", Role::Alert),
        ("absent(agentpane_queue_depth{job=\"api\"})", Role::Alert),
        ("vector(1)", Role::Alert),
        ("up == 0", Role::Alert),
        ("sum by (tool_id) (rate(runtime_tool_errors_total{tool_id=~\"$tool\"}[${__range}])) * $factor", Role::Panel),
        ("sum by ($label) (rate(runtime_tool_errors_total[5m] offset $__interval))", Role::Panel),
        ("topk($n, max by (tool_id) (tool_id:runtime_tool_execute_seconds:p95_rate5m))", Role::Panel),
        ("count(http_exec_started_total)", Role::Panel),
        ("max_over_time(sum(rate(http_exec_started_total[5m]))[1h:1m])", Role::Panel),
        ("sum without (instance, error_kind) (rate(runtime_tool_errors_total[5m]))", Role::Recording),
        (
            "sum by (job) (rate(runtime_tool_errors_total[5m])) * on (job) group_left (service_version) target_info",
            Role::Panel,
        ),
        ("sum(otelcol_exporter_queue_size{exporter=\"otlp\"})", Role::Panel),
        ("-sum(-rate(http_exec_started_total[5m])) + +1 ^ 2", Role::Panel),
        ("{__name__=\"agentpane_queue_depth\", project_id=\"p\"}", Role::Panel),
        ("$metric{tool_id=\"x\"}", Role::Panel),
        (
            "histogram_quantile(0.95, sum by (le, tool_id) (rate(runtime_tool_execute_seconds_bucket[5m]))) >= 30",
            Role::Alert,
        ),
    ];
    for (case, role) in cases {
        if let Err(problems) = checker.check(case, role) {
            panic!("{}", problems[0].in_expression(case));
        }
    }
}

#[test]
fn names_labels_and_values_have_to_exist() {
    let messages = rendered(
        &[
            "sum by (tool_id) (rate(runtime_tool_error_total[$__rate_interval]))",
            "sum(rate(nothing_like_it_total[5m]))",
            "sum(rate(runtime_tool_execute_seconds[5m]))",
            "sum by (tool) (rate(runtime_tool_errors_total[5m]))",
            "sum(rate(runtime_tool_errors_total{kind=\"start\"}[5m]))",
            "sum without (error_knd) (rate(runtime_tool_errors_total[5m]))",
            "max by (instance) (sum by (tool_id) (rate(runtime_tool_errors_total[5m])))",
            "up{service=\"api\"}",
            "rate(runtime_tool_errors_total{error_kind=\"crash\"}[5m])",
            "rate(runtime_tool_errors_total{error_kind!=\"crash\"}[5m])",
            "rate(runtime_tool_errors_total{error_kind=~\"start|crash\"}[5m])",
            "rate(runtime_tool_errors_total{error_kind=~\"cra.*\"}[5m])",
            "rate(runtime_tool_errors_total{error_kind!~\".*\"}[5m])",
            "rate(runtime_tool_execute_seconds_bucket{le=\"20\"}[5m])",
            "rate(runtime_tool_execute_seconds_bucket{le=\"10\"}[5m])",
            "{__name__=~\"nothing_.*\"}",
            "{job=\"api\"}",
        ],
        Role::Panel,
    );
    insta::assert_snapshot!(messages);
}

#[test]
fn rates_are_taken_of_counters_and_before_sums() {
    let messages = rendered(
        &[
            "rate(agentpane_queue_depth[5m])",
            "sum(irate(mcp_server_connections_active[5m]))",
            "increase(agentpane_queue_depth[30m]) > 5",
            "delta(runtime_tool_errors_total[5m])",
            "deriv(runtime_tool_errors_total[5m])",
            "rate(tool_id:runtime_tool_execute_seconds:p95_rate5m[5m])",
            "sum(runtime_tool_errors_total)",
            "runtime_tool_execute_seconds_sum / runtime_tool_execute_seconds_count",
            "avg_over_time(http_exec_started_total[5m])",
            "rate(sum(http_exec_started_total)[5m:1m])",
            "rate(sum(http_exec_started_total))",
            "rate(sum by (kind) (http_exec_started_total[5m]))",
            "rate(http_exec_started_total)",
            "sum(rate(http_exec_started_total{kind=\"task\"}))",
        ],
        Role::Panel,
    );
    insta::assert_snapshot!(messages);
}

#[test]
fn quantiles_need_buckets_and_a_rank() {
    let messages = rendered(
        &[
            "histogram_quantile(0.95, sum by (tool_id) (rate(runtime_tool_execute_seconds_bucket[5m])))",
            "histogram_quantile(0.95, sum(rate(runtime_tool_execute_seconds_bucket[5m])))",
            "histogram_quantile(0.95, sum without (le) (rate(runtime_tool_execute_seconds_bucket[5m])))",
            "histogram_quantile(0.95, rate(runtime_tool_execute_seconds_count[5m]))",
            "histogram_quantile(0.95, runtime_tool_execute_seconds_bucket)",
            "histogram_quantile(95, sum by (le) (rate(runtime_tool_execute_seconds_bucket[5m])))",
            "quantile(1.5, agentpane_queue_depth)",
            "quantile_over_time(-1, agentpane_queue_depth[5m])",
        ],
        Role::Panel,
    );
    insta::assert_snapshot!(messages);
}

#[test]
fn both_sides_need_the_same_labels() {
    let messages = rendered(
        &[
            "sum by (tool_id) (rate(runtime_tool_timeouts_total[5m])) / sum(rate(runtime_tool_execute_seconds_count[5m]))",
            "rate(runtime_tool_timeouts_total[5m]) / rate(runtime_tool_execute_seconds_count[5m])",
            "sum by (kind) (rate(http_exec_started_total[5m])) and sum by (tool_id) (rate(runtime_tool_errors_total[5m]))",
            "sum by (kind) (rate(http_exec_started_total[5m])) / on (tool_id) sum by (kind) (rate(http_exec_errors_total[5m]))",
            "sum(rate(runtime_tool_timeouts_total[5m]) / ignoring (outcome) rate(runtime_tool_execute_seconds_count[5m]))",
        ],
        Role::Panel,
    );
    insta::assert_snapshot!(messages);
}

#[test]
fn what_does_not_parse_is_explained() {
    let messages = rendered(
        &[
            "rate(runtime_tool_errors_total[5m]) by (error_kind)",
            "histogram_quantile(0.95,\n  rate(runtime_tool_execute_seconds_bucket[5m])\n) by (tool_id)",
            "agentpane_queue_depth by (project_id)",
            "agentpane_queue_depth{project_id=\"p\"} without (instance)",
            "sum(rate(runtime_tool_errors_total[5m])",
            "sum(rate(runtime_tool_errors_total[5m])))",
            "rte(runtime_tool_errors_total[5m])",
            "sum(rate(runtime_tool_errors_total[5m])) >",
            "sum(rate(runtime_tool_errors_total[1e99]))",
            "",
        ],
        Role::Panel,
    );
    insta::assert_snapshot!(messages);
}

#[test]
fn alerts_compare() {
    let messages = rendered(
        &[
            "sum by (tool_id) (rate(runtime_tool_errors_total[5m]))",
            "sum(rate(runtime_tool_errors_total[5m])) > bool 1",
            "topk(3, sum by (tool_id) (rate(runtime_tool_errors_total[5m]))) > 1",
            "histogram_quantile(0.95, sum by (le, tool_id) (rate(runtime_tool_execute_seconds_bucket[5m]))) > 30",
            "tool_id:runtime_tool_execute_seconds:p95_rate5m >= 60",
            "sum(rate(runtime_tool_errors_total[$__rate_interval])) > $limit",
        ],
        Role::Alert,
    );
    insta::assert_snapshot!(messages);
}

#[test]
fn a_namespace_renames_what_is_known() {
    let acme = Namespace::new("acme").expect("a lower-case word is a namespace");
    let checker = Checker::new(&[CATALOGUE], &acme);
    assert!(checker.check("acme_queue_depth", Role::Panel).is_ok());
    assert!(checker.check("agentpane_queue_depth", Role::Panel).is_err());
    assert!(checker.check("sum(rate(runtime_tool_errors_total[5m]))", Role::Panel).is_ok());
}
