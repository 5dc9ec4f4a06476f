//! The check of files that others wrote.

use telemetry_core::Namespace;
use telemetry_mixin::promql::Checker;
use telemetry_mixin::{GeneratorSettings, check_dashboard, check_rules, generate};

use crate::catalogue::CATALOGUE;
use crate::fixture::{domain, mixin};

fn checker() -> Checker {
    Checker::new(&[CATALOGUE], &Namespace::DEFAULT)
}

#[test]
fn what_is_generated_passes_the_check_for_other_peoples_files() {
    let files = generate(&GeneratorSettings::default(), &[domain(mixin())]).unwrap_or_else(|errors| panic!("{errors}"));
    let mut checker = checker();
    for file in ["demo", "demo-objectives"] {
        let rules = files.get(&format!("deploy/prometheus/rules/{file}.yaml")).expect("the domain has rules");
        assert_eq!(check_rules(&mut checker, rules).expect("it is a rules file"), []);
    }
    let board = files.get("deploy/grafana/dashboards/queue.json").expect("there is a dashboard");
    assert_eq!(check_dashboard(&checker, board).expect("it is a dashboard"), []);
}

#[test]
fn mistakes_in_rules_are_named() {
    let rules = r#"
groups:
  - name: own
    interval: 1m
    rules:
      - record: kind:http_exec_started_total:rate5m
        expr: sum by (kind) (rate(http_exec_started_total[5m]))
      - alert: Quiet
        expr: |
          kind:http_exec_started_total:rate5m{kind="workflow"}
            < 1
        keep_firing_for: 5m
      - alert: NoComparison
        expr: rate(runtime_tool_errors_total[5m]) by (tool_id)
      - record: broken
        expr: sum(increase(agentpane_queue_depth[5m]))
"#;
    let findings = check_rules(&mut checker(), rules).expect("it is a rules file");
    let text = findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n");
    insta::assert_snapshot!(text);
    let resource =
        format!("apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:{}", rules.replace('\n', "\n  "));
    let wrapped = check_rules(&mut checker(), &resource).expect("the operator's resource is a rules file");
    let wrapped = wrapped.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n");
    assert_eq!(wrapped, text);
}

#[test]
fn mistakes_in_dashboards_are_named() {
    let dashboard = r#"{ "dashboard": { "title": "Own", "templating": { "list": [
        { "name": "job", "query": { "query": "label_values(up, job)" } },
        { "name": "tool", "query": "label_values(runtime_tool_errors_total{job=~\"$job\"}, tool)" },
        { "name": "interval", "query": "1m,5m" }
    ] }, "panels": [
        { "type": "row", "title": "Row", "panels": [
            { "type": "stat", "title": "Nested", "targets": [{ "expr": "sum(runtime_tool_errors_total)" }] }
        ] },
        { "type": "stat", "title": "Depth", "targets": [{ "expr": "sum(agentpane_queue_dept)" }, { "expr": "" }] },
        { "type": "text", "title": "Words" }
    ] } }"#;
    let findings = check_dashboard(&checker(), dashboard).expect("it is a dashboard");
    let text = findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n");
    insta::assert_snapshot!(text);
}

#[test]
fn other_files_are_refused() {
    for text in ["[1, 2]", "groups: 3", "{", "a: b"] {
        assert!(check_rules(&mut checker(), text).is_err(), "{text:?}");
    }
    for text in ["", "{}", "[]", "{\"panels\": 3}", "{"] {
        assert!(check_dashboard(&checker(), text).is_err(), "{text:?}");
    }
}

#[test]
fn a_checker_knows_what_the_domains_rules_record() {
    let acme = Namespace::new("acme").expect("a lower-case word is a namespace");
    let settings = GeneratorSettings { namespace: acme, ..GeneratorSettings::default() };
    let checker = telemetry_mixin::checker(&settings, &[domain(mixin())]);
    for known in ["job_instance_project_id:acme_queue_depth:sum", "slo:tool_success:bad_ratio_rate5m"] {
        assert!(checker.check(known, telemetry_mixin::promql::Role::Panel).is_ok(), "{known}");
    }
}
