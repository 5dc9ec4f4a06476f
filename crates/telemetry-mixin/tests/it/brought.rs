//! Files as strangers bring them: empty, broken, of Loki, within resources, by aliases.

use telemetry_core::Namespace;
use telemetry_mixin::Source;
use telemetry_mixin::promql::{Checker, Lint, Role};

use crate::catalogue::CATALOGUE;

fn checker() -> Checker {
    Checker::new(&[CATALOGUE], &Namespace::DEFAULT)
}

/// Each finding's line, column and kind.
fn found(source: &Source) -> Vec<(u32, u32, Lint)> {
    let mut checker = checker();
    source.teach(&mut checker);
    let place = |position: Option<telemetry_mixin::promql::Position>| {
        position.map_or((0, 0), |position| (position.line(), position.column()))
    };
    let findings = source.check(&checker).into_iter();
    findings.map(|finding| (place(finding.position).0, place(finding.position).1, finding.problem.lint)).collect()
}

fn rules(text: &str) -> Vec<(u32, u32, Lint)> {
    found(&Source::rules(text).unwrap_or_else(|error| panic!("{error}")))
}

fn dashboard(text: &str) -> Vec<(u32, u32, Lint)> {
    found(&Source::dashboard(text).unwrap_or_else(|error| panic!("{error}")))
}

#[test]
fn a_file_without_content_has_no_rules() {
    for text in ["", "# nothing yet\n", "---\n", "null\n", "{}\n", "groups:\n", "groups: []\n"] {
        assert_eq!(rules(text), [], "{text:?}");
    }
    assert!(Source::rules("kind: Service\nspec: {ports: []}\n").is_err());
    assert!(Source::dashboard("").is_err());
}

#[test]
fn what_cannot_be_read_is_a_finding_of_its_file() {
    let error =
        Source::rules("groups:\n- name: own\n  rules:\n  - alert: A\n").expect_err("the rule has no expression");
    let finding = error.finding();
    assert_eq!(finding.problem.lint, Lint::Unreadable);
    assert!(finding.to_string().contains("a rule has no `expr` (line 4)"), "{finding}");
}

#[test]
fn texts_in_resources_that_are_meant_and_broken_are_told() {
    let text = "\
kind: ConfigMap
data:
  board.json: '{\"title\": \"Own\", \"panels\": ['
  rules.yaml: |
    groups:
    - name: own
      rules:
      - alert: A
  settings.yaml: 'a: [1'
  data.json: '{'
  notes.txt: 'groups:'
";
    assert_eq!(rules(text), [(3, 15, Lint::Unreadable), (5, 5, Lint::Unreadable)]);
}

#[test]
fn comments_hold_within_the_texts_of_resources() {
    let text = "\
kind: ConfigMap
data:
  rules.yaml: |
    groups:
    - name: own
      rules:
      # telemetry:ignore unknown-label the exporter adds it
      - alert: A
        expr: max by (zone) (up) > 3
      - alert: B
        expr: max by (zone) (up) > 3
";
    assert_eq!(rules(text), [(11, 23, Lint::UnknownLabel)]);
}

#[test]
fn an_alias_is_where_its_text_is_used() {
    let text = "\
groups:
- name: own
  rules:
  - &first
    alert: A
    expr: &text max by (zone) (up) > 3
  - alert: B
    expr: *text
  - <<: *first
    alert: C
";
    let lint = Lint::UnknownLabel;
    assert_eq!(rules(text), [(6, 25, lint), (8, 11, lint), (9, 9, lint)]);
}

#[test]
fn labels_of_a_group_are_on_what_it_records() {
    let group = |labels: &str| {
        let recorded = "  - record: job:up:sum\n    expr: sum by (job) (up)\n";
        format!(
            "groups:\n- name: own\n{labels}  rules:\n{recorded}  - alert: A\n    expr: sum by (zone) (job:up:sum) > 1\n"
        )
    };
    assert_eq!(rules(&group("  labels: {zone: north}\n")), []);
    assert_eq!(rules(&group("")), [(7, 19, Lint::UnknownLabel)]);
}

#[test]
fn rules_of_loki_are_left_alone() {
    let loki = |expression: &str| {
        let plain = "  - record: app:lines:rate1m\n    expr: sum by (zone) (rate({app=\"a\"}[1m]))\n";
        format!("groups:\n- name: own\n  rules:\n{plain}  - alert: A\n    expr: '{expression}'\n")
    };
    for expression in [
        r#"sum by (app) (rate({app="a"} |= "error" [5m])) > 1"#,
        r#"sum by (app) (count_over_time({app="a}|"} != `debug` | json | level="error" [5m])) > 1"#,
        r#"sum by (app) (rate({app=~"a|b"}| logfmt | unwrap bytes [5m])) > 1"#,
    ] {
        assert_eq!(rules(&loki(expression)), [], "{expression}");
    }
    let promql = r#"sum(max by (zone) (up{job=~"a|=b", instance!="x|~"}) != 3) || 1"#;
    assert!(rules(&loki(promql)).iter().any(|(_, _, lint)| *lint == Lint::Syntax));
}

#[test]
fn targets_of_loki_are_known_by_their_datasource_or_by_their_pipes() {
    let board = |datasource: &str, expression: &str| {
        let target = serde_json::json!({ "expr": expression });
        dashboard(&format!(r#"{{"panels": [{{"datasource": {datasource}, "targets": [{target}]}}]}}"#))
    };
    assert_eq!(board("null", r#"count_over_time({app="a"} != "x" [5m])"#), []);
    assert_eq!(board("\"Loki\"", r#"rate({app="a"}[5m])"#), []);
    assert_eq!(board("null", r#"max by (zone) (up{job=~"a|=b"})"#).len(), 1);
}

#[test]
fn annotations_of_the_second_schema_are_checked() {
    let annotation = |group: &str| {
        let query = format!(r#"{{"kind": "DataQuery", "group": "{group}", "spec": {{"expr": "max by (zone) (up)"}}}}"#);
        format!(
            r#"{{"elements": {{}}, "annotations": [{{"kind": "AnnotationQuery", "spec": {{"name": "a", "query": {query}}}}}]}}"#
        )
    };
    assert_eq!(dashboard(&annotation("prometheus")).len(), 1);
    assert_eq!(dashboard(&annotation("loki")), []);
}

#[test]
fn a_variable_may_list_labels_of_whatever_a_job_has() {
    let board =
        |query: &str| format!(r#"{{"panels": [], "templating": {{"list": [{{"name": "a", "query": "{query}"}}]}}}}"#);
    assert_eq!(dashboard(&board(r#"label_values({job=\"api\"}, pod)"#)), []);
    assert_eq!(dashboard(&board(r#"label_values(up{job=\"api\"}, pod)"#)).len(), 1);
}

#[test]
fn what_comments_in_expressions_say_opens_nothing() {
    let checker = checker();
    let query = |expression: &str| checker.check(expression, Role::Panel).map(|_| ());
    let rate = "sum(rate(runtime_tool_errors_total[$__rate_interval])) * $factor";
    assert_eq!(query(&format!("# what we're [after (is\n{rate}\n# it's $this")), Ok(()));
    assert_eq!(query("$aggregation by (tool_id) (rate(runtime_tool_errors_total[5m]))"), Ok(()));
    assert!(query("# we're\nsum by (nobody) (rate(runtime_tool_errors_total[$__rate_interval]))").is_err());
}

#[test]
fn members_may_change_where_only_a_value_comes_of_them() {
    let checker = checker();
    let lints = |expression: &str| {
        let problems = checker.check(expression, Role::Alert).map(|_| ()).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.lint).collect::<Vec<_>>()
    };
    for stable in [
        "sum by (job) (topk by (job, instance) (1, up)) > 1",
        "sum(topk(5, up)) > 1",
        "count by (job) (topk by (job) (1, up) - topk by (job) (1, up) != 0) > 1",
    ] {
        assert_eq!(lints(stable), [], "{stable}");
    }
    for changing in [
        "topk(5, up) > 1",
        "sum by (instance) (topk by (job) (1, up)) > 1",
        "max without (job) (topk by (job) (1, up)) > 1",
        "sum by (job) (up) + on (job) topk by (job) (1, up) > 1",
    ] {
        assert!(lints(changing).contains(&Lint::ChangingMembers), "{changing}");
    }
}

#[test]
fn what_info_adds_is_named_by_its_second_argument() {
    let checker = checker();
    let check = |expression: &str| checker.check(expression, Role::Panel).map(|_| ()).err().unwrap_or_default().len();
    let rate = "rate(runtime_tool_errors_total[5m])";
    for sound in [
        format!("sum by (host_name, tool_id) (info({rate}))"),
        format!("sum by (host_name) (info({rate}, {{host_name=~\".+\"}}))"),
        format!("sum by (host_name) (info({rate}, {{__name__=\"target_info\"}}))"),
        format!("sum by (job) (info({rate}, {{host_name=\"a\"}})) / sum by (job) ({rate})"),
    ] {
        assert_eq!(check(&sound), 0, "{sound}");
    }
    assert_eq!(check(&format!("sum by (zone) (info({rate}, {{host_name=~\".+\"}}))")), 1);
    assert_eq!(check("info(rate(agentpane_queue_depth[5m]), {host_name=\"a\"})"), 1);
}

#[test]
fn texts_of_alerts_show_labels_that_there_are() {
    let alert = |text: &str| {
        let expr = "sum by (job) (rate(runtime_tool_errors_total[5m])) > 1";
        rules(&format!(
            "groups:\n- name: own\n  rules:\n  - alert: A\n    expr: {expr}\n    annotations:\n      text: '{text}'\n"
        ))
    };
    for sound in [
        "{{ $labels.job }}: {{ $value }}",
        "{{ if $labels.zone }}{{ $labels.zone }}/{{ end }}{{ $labels.job | title }}",
        "{{ $labels.job }}{{/* and not $labels.tool_id */}} of {{ $labels.__name__ }}",
        "{{ with query \"up\" }}{{ . | first | label \"zone\" }}{{ end }} $labels.zone",
    ] {
        assert_eq!(alert(sound), [], "{sound}");
    }
    assert_eq!(alert("of {{ $labels.tool_id }} and {{$labels.tool_id}}"), [(7, 20, Lint::UnknownLabel)]);
    assert_eq!(alert("{{ printf \"%s\" $labels.tool_id }}"), [(7, 29, Lint::UnknownLabel)]);
    let label = "groups:\n- name: own\n  rules:\n  - alert: A\n    expr: sum(up) > 1\n    labels: {service: '{{ $labels.job }}'}\n";
    assert_eq!(rules(label), [(6, 27, Lint::UnknownLabel)]);
    let foreign = label.replace("sum(up)", "node_load1");
    assert_eq!(rules(&foreign), [(5, 11, Lint::ForeignMetric)]);
}
