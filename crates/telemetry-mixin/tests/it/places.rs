//! Every message about somebody's file says where in the file it is, in whatever form that comes.

use std::collections::BTreeMap;

use telemetry_core::Namespace;
use telemetry_mixin::promql::{Checker, Finding, Lint};
use telemetry_mixin::{Rulings, Source, findings_as_json, findings_as_sarif};

use crate::catalogue::CATALOGUE;

/// Every place of a name that is unknown.
fn wanted(text: &str) -> Vec<(u32, u32)> {
    let mut places = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for (at, _) in line.match_indices("agentpane_wrong") {
            let before = line[..at].chars().count();
            places.push((number, u32::try_from(before + 1).expect("no line is so long")));
        }
    }
    places
}

fn found(text: &str) -> Vec<Finding> {
    let source = if text.trim_start().starts_with('{') { Source::dashboard(text) } else { Source::rules(text) };
    let source = source.unwrap_or_else(|error| panic!("{error}:\n{text}"));
    let mut checker = Checker::new(&[CATALOGUE], &Namespace::DEFAULT);
    source.teach(&mut checker);
    source.check(&checker)
}

#[track_caller]
fn assert_placed(what: &str, text: &str, number: usize) {
    let findings = found(text);
    let places: Vec<(u32, u32)> = findings
        .iter()
        .map(|finding| finding.position.map_or((0, 0), |position| (position.line(), position.column())))
        .collect();
    assert_eq!(places, wanted(text), "{what}: {findings:?}");
    assert_eq!(places.len(), number, "{what}: {findings:?}");
}

const ALERT: &str = "  - alert: A\n    expr: ";

#[test]
fn rules_in_every_style_of_yaml() {
    let group = "groups:\n- name: own # é\n  rules:\n";
    for (style, expr) in [
        ("plain", "agentpane_wrong > 1"),
        ("plain on two lines", "1 <\n      sum(agentpane_wrong)"),
        ("double quotes", r#""up{job=\"é\", instance!=\"\\\\\"} == 1 and agentpane_wrong > 1""#),
        ("single quotes", "'up{job=''é''} == 1 and agentpane_wrong > 1'"),
        ("literal", "|\n      sum(up) == 1\n        and\n\n      sum(agentpane_wrong) > 1"),
        ("literal with signs", "|2-\n      up == 1 and agentpane_wrong > 1"),
        ("folded", ">-\n      up == 1\n      and\n\n      agentpane_wrong > 1"),
    ] {
        assert_placed(style, &format!("{group}{ALERT}{expr}\n{ALERT}up == 0\n"), 1);
    }
    assert_placed("two in one", &format!("{group}{ALERT}|\n      agentpane_wrong\n      > agentpane_wrong2\n"), 2);
    assert_placed("flow", "groups: [{name: a, rules: [{alert: A, expr: agentpane_wrong > 1}]}]", 1);
    assert_placed(
        "json",
        "{\"groups\": [{\"name\": \"é\", \"rules\": [{\"alert\": \"A\",\n\"expr\": \"1 \\u003c\\tagentpane_wrong\"}]}]}",
        1,
    );
}

#[test]
fn several_documents_and_resources() {
    let rules = format!("groups:\n- name: own\n  rules:\n{ALERT}agentpane_wrong > 1\n");
    let indented = rules.replace('\n', "\n  ");
    let resource = format!("kind: PrometheusRule\nmetadata: {{name: a}}\nspec:\n  {indented}\n");
    let other = "kind: Deployment\nspec: {replicas: 3, template: [1, ~, true, 0.5]}\n";
    assert_placed("documents", &format!("---\n{rules}---\n{other}---\n# only a comment\n---\n{resource}"), 2);
    let list = format!(
        "kind: List\nitems:\n- {}- {}",
        resource.replace('\n', "\n  ").trim_end_matches(' '),
        other.replace('\n', "\n  ")
    );
    assert_placed("a list", &list, 1);
    let config = format!("kind: ConfigMap\ndata:\n  own.yaml: |\n    {}\n  words: x\n", rules.replace('\n', "\n    "));
    assert_placed("rules in a ConfigMap", &config, 1);
}

const PANEL: &str = r#"{"title": "P", "targets": [{"expr": "up"}, {"expr": "sum(agentpane_wrong)"}]}"#;

#[test]
fn dashboards_in_every_form() {
    let board = format!("{{\"title\": \"é\", \"panels\": [\n{PANEL}, {{\"type\": \"row\", \"panels\": [{PANEL}]}}]}}");
    assert_placed("bare", &board, 2);
    assert_placed("of the API", &format!("{{\"meta\": {{}}, \"dashboard\": {board}}}"), 2);
    assert_placed("old rows", &format!("{{\"rows\": [{{\"title\": \"R\", \"panels\": [{PANEL}]}}]}}"), 1);
    assert_placed("Grafana's resource", &format!("{{\"kind\": \"Dashboard\", \"spec\": {board}}}"), 2);
    let text = board.replace('\n', "\n    ");
    assert_placed(
        "a ConfigMap",
        &format!("kind: ConfigMap\ndata:\n  own.json: |\n    {text}\n  broken.json: '{{'\n"),
        2,
    );
    let resource = format!("kind: GrafanaDashboard\nspec:\n  json: >\n    {text}\n");
    assert_placed("the operator's resource", &resource, 2);
    let quoted = format!("kind: GrafanaDashboard\nspec:\n  json: '{}'\n", board.replace('\n', " "));
    assert_placed("the operator's resource in quotes", &quoted, 2);
    let variables = r#"{"panels": [], "templating": {"list": [
        {"name": "a", "type": "query", "query": "label_values(agentpane_wrong, job)"},
        {"name": "b", "type": "query", "query": {"query": "query_result(max(agentpane_wrong))"}},
        {"name": "c", "type": "query", "query": "label_values(job)"},
        {"name": "d", "type": "custom", "query": "1,2"}]},
        "annotations": {"list": [{"name": "e", "expr": "agentpane_wrong > 1"}]}}"#;
    assert_placed("variables and annotations", variables, 3);
}

#[test]
fn dashboards_of_the_second_schema() {
    let query = |kind: &str, expr: &str| {
        format!(r#"{{"kind": "PanelQuery", "spec": {{"query": {{{kind}, "spec": {{"expr": "{expr}"}}}}}}}}"#)
    };
    let text = format!(
        r#"{{"apiVersion": "dashboard.grafana.app/v2", "kind": "Dashboard", "spec": {{"title": "T", "elements": {{"panel-1": {{
            "kind": "Panel", "spec": {{"title": "Depth", "data": {{"kind": "QueryGroup", "spec": {{"queries": [
                {}, {}, {}, {}]}}}}}}}}, "panel-2": {{"kind": "LibraryPanel", "spec": {{"name": "x"}}}}}},
            "variables": [{{"kind": "QueryVariable", "spec": {{"name": "job", "query": {{"kind": "DataQuery", "group":
                "prometheus", "spec": {{"query": "label_values(agentpane_wrong, job)"}}}}}}}}]}}}}"#,
        query(r#""kind": "DataQuery", "group": "prometheus""#, "agentpane_wrong"),
        query(r#""kind": "prometheus""#, "sum(agentpane_wrong)"),
        query(r#""kind": "DataQuery", "group": "loki""#, "{job=\\\"a\\\"} |= `x`"),
        query(r#""kind": "loki""#, "{job=\\\"a\\\"}"),
    );
    let findings = found(&text);
    assert_eq!(findings.len(), 3, "{findings:?}");
    assert!(findings.iter().any(|finding| finding.place == "panel \"Depth\" of dashboard \"T\""), "{findings:?}");
    let mut places: Vec<(u32, u32)> =
        findings.iter().filter_map(|finding| finding.position).map(|place| (place.line(), place.column())).collect();
    places.sort_unstable();
    assert_eq!(places, wanted(&text));
}

#[test]
fn queries_of_logs_are_left_alone() {
    let logs = r#"{"expr": "sum by (level) (count_over_time({app=\"x\"} | logfmt [5m]))"}"#;
    for (what, board) in [
        (
            "the panel says so",
            format!(r#"{{"panels": [{{"datasource": {{"type": "loki", "uid": "x"}}, "targets": [{logs}]}}]}}"#),
        ),
        (
            "the target says so",
            r#"{"panels": [{"datasource": {"type": "datasource", "uid": "-- Mixed --"}, "targets": [
                {"datasource": {"type": "loki", "uid": "l"}, "expr": "rate({app=\"x\"}[5m])"}]}]}"#
                .to_owned(),
        ),
        (
            "the variable says so",
            r#"{"templating": {"list": [{"name": "logs", "type": "datasource", "query": "loki"}]},
                "panels": [{"datasource": {"uid": "${logs}"}, "targets": [{"expr": "{app=\"x\"}"}]},
                           {"datasource": "$logs", "targets": [{"expr": "{app=\"x\"}"}]}]}"#
                .to_owned(),
        ),
        (
            "the input says so",
            r#"{"__inputs": [{"name": "DS_LOKI", "type": "datasource", "pluginId": "loki"}],
                "panels": [{"datasource": "${DS_LOKI}", "targets": [{"expr": "{app=\"x\"}"}]}]}"#
                .to_owned(),
        ),
        ("it looks so", format!(r#"{{"panels": [{{"datasource": null, "targets": [{logs}]}}]}}"#)),
        (
            "traces",
            r#"{"panels": [{"datasource": {"type": "tempo"}, "targets": [{"expr": "{ status = error }"}]}]}"#
                .to_owned(),
        ),
    ] {
        assert_eq!(found(&board), [], "{what}");
    }
    for datasource in [r#"{"type": "prometheus", "uid": "p"}"#, "\"Prometheus\"", "null", r#"{"uid": "$ds"}"#] {
        let board =
            format!(r#"{{"panels": [{{"datasource": {datasource}, "targets": [{{"expr": "agentpane_wrong"}}]}}]}}"#);
        assert_eq!(found(&board).len(), 1, "{datasource}");
    }
}

#[test]
fn files_without_rules_or_dashboards_are_refused() {
    for text in [
        "kind: ConfigMap\ndata: {a: b}\n",
        "kind: Deployment\nspec: {}\n",
        "---\n---\na: b\n",
        "groups:\n- rules: []\n",
    ] {
        assert!(Source::rules(text).is_err(), "{text:?}");
    }
    for (text, line) in [
        ("groups:\n- name: a\n  rules:\n  - alert: A\n", "(line 4)"),
        ("groups:\n- name: a\n  rules: {}\n", "`rules` is no list (line 2)"),
        ("groups:\n- name: a\n  rules: [}\n", "line 3"),
    ] {
        let error = Source::rules(text).expect_err(text).to_string();
        assert!(error.contains(line), "{error}");
    }
    assert!(
        Source::rules("groups:\n").is_ok_and(|source| source.check(&Checker::new(&[], &Namespace::DEFAULT)).is_empty())
    );
}

/// Each kind of problem by the line where it is.
fn by_line(text: &str) -> BTreeMap<u32, Lint> {
    let findings = found(text);
    findings
        .iter()
        .map(|finding| (finding.position.map_or(0, |position| position.line()), finding.problem.lint))
        .collect()
}

#[test]
fn comments_ignore_a_kind_of_problem_in_their_rule() {
    let text = "\
groups:
- name: own
  rules:
  # Only here.
  # telemetry:ignore unknown-metric it comes with the next release
  - alert: Before
    expr: agentpane_wrong > 1
  - alert: Within
    # telemetry:ignore no-comparison a value is the condition
    expr: up
  - alert: Behind
    expr: agentpane_wrong > 1 # telemetry:ignore unknown-metric it is another's
  - alert: InTheExpression
    expr: |
      # telemetry:ignore unknown-metric it is another's
      agentpane_wrong > 1
  - alert: Left
    expr: agentpane_wrong > 1
";
    assert_eq!(by_line(text), BTreeMap::from([(18, Lint::UnknownMetric)]));
    let whole = format!("# telemetry:ignore-file unknown-metric all of it is another's\n{text}");
    // What the whole file ignores leaves nothing to the rules' own comments but what they say.
    assert_eq!(by_line(&whole), BTreeMap::new());
    let mistaken = "\
groups:
- name: own
  rules:
  - alert: A
    # telemetry:ignore no-such-kind because
    # telemetry:ignore unknown-label
    # telemetry:ignore raw-counter nothing of it is here
    expr: agentpane_wrong > 1
";
    let kinds = BTreeMap::from([(5, Lint::Ignore), (6, Lint::Ignore), (7, Lint::Ignore), (8, Lint::UnknownMetric)]);
    assert_eq!(by_line(mistaken), kinds);
    let board = r##"{"panels": [{"targets": [
        {"expr": "agentpane_wrong # telemetry:ignore unknown-metric it is another's"},
        {"expr": "agentpane_wrong # telemetry:ignore unknown-metric"}]}]}"##;
    assert_eq!(by_line(board), BTreeMap::from([(3, Lint::UnknownMetric)]));
}

#[test]
fn findings_for_other_programs() {
    let text = "groups:\n- name: \"g\u{202e}\"\n  rules:\n  - record: é\n    expr: sum by (jb) (up)\n";
    let findings = found(text);
    let told: Vec<_> = Rulings::default().weigh("own rules/é#.yaml", findings).collect();
    let json = findings_as_json(&told);
    let sarif = findings_as_sarif(&told);
    for text in [&json, &sarif] {
        assert!(text.is_ascii() && text.ends_with('\n') && text.lines().count() == 1, "{text}");
    }
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(json["errors"], 1);
    assert_eq!((&json["findings"][0]["line"], &json["findings"][0]["column"]), (&5.into(), &19.into()));
    assert_eq!(json["findings"][0]["kind"], "unknown-label");
    assert_eq!(json["findings"][0]["severity"], "error");
    let sarif: serde_json::Value = serde_json::from_str(&sarif).expect("it is JSON");
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let rules: Vec<&str> = run["tool"]["driver"]["rules"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|rule| rule["id"].as_str())
        .collect();
    assert_eq!(rules, Lint::ALL.map(Lint::name));
    let result = &run["results"][0];
    assert_eq!((result["ruleId"].as_str(), result["level"].as_str()), (Some("unknown-label"), Some("error")));
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "own%20rules/%C3%A9%23.yaml");
    assert_eq!(place["region"], serde_json::json!({ "startLine": 5, "startColumn": 19 }));
}
