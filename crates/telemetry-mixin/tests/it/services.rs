//! Alerts and recordings tell services apart: what every aggregation keeps, whether or not the declaration says so.

use telemetry_mixin::model::{Alert, AlertRule, AlertTest, Mixin, RecordingRule};
use telemetry_mixin::query::{elsewhere, given, promql};
use telemetry_mixin::{GeneratedFiles, GeneratorSettings, generate};

use crate::fixture::{domain, mixin, rule, runbook};

const DEPTH: &str = "agentpane_queue_depth";

fn generated(recorded: &str, labels: &[&str]) -> GeneratedFiles {
    let rule = RecordingRule::new("level:metric:operation", promql(recorded));
    generated_with(labels, &rule, Vec::new())
}

fn generated_with(labels: &[&str], rule: &RecordingRule, alerts: Vec<Alert>) -> GeneratedFiles {
    let common_labels = labels.iter().map(|label| (*label).to_owned()).collect();
    let settings = GeneratorSettings { common_labels, ..GeneratorSettings::default() };
    let mixin = alerts.into_iter().fold(mixin().rule(rule.clone()), Mixin::alert);
    generate(&settings, &[domain(mixin)]).unwrap_or_else(|errors| panic!("{errors}"))
}

/// What becomes of a recorded expression.
fn kept(recorded: &str, labels: &[&str]) -> String {
    let files = generated(recorded, labels);
    let rules = files.get("deploy/prometheus/rules/demo.yaml").expect("the domain has rules");
    let (_, rest) = rules.split_once("record: 'level:metric:operation'\n        expr: '").expect("it is there");
    rest.split_once("'\n").expect("it ends").0.to_owned()
}

#[test]
fn every_aggregation_keeps_the_job() {
    for (declared, expected) in [
        ("sum(agentpane_queue_depth)", "sum by (job) (agentpane_queue_depth)"),
        ("max by () (agentpane_queue_depth)", "max by (job) (agentpane_queue_depth)"),
        ("sum by (project_id) (agentpane_queue_depth)", "sum by (job, project_id) (agentpane_queue_depth)"),
        ("sum(agentpane_queue_depth) by (project_id)", "sum(agentpane_queue_depth) by (job, project_id)"),
        ("sum by (job) (agentpane_queue_depth)", "sum by (job) (agentpane_queue_depth)"),
        ("sum without (project_id) (agentpane_queue_depth)", "sum without (project_id) (agentpane_queue_depth)"),
        (
            "max(sum by (project_id) (agentpane_queue_depth))",
            "max by (job) (sum by (job, project_id) (agentpane_queue_depth))",
        ),
        (
            "sum(agentpane_queue_depth) and on () (hour() == 0)",
            "sum by (job) (agentpane_queue_depth) and on () (hour() == 0)",
        ),
        (
            "agentpane_queue_depth * on (project_id) group_left () max by (project_id) (agentpane_queue_depth)",
            "agentpane_queue_depth * on (job, project_id) group_left () max by (job, project_id) (agentpane_queue_depth)",
        ),
        ("sum(vector(1))", "sum(vector(1))"),
        ("vector(scalar(sum(agentpane_queue_depth)))", "vector(scalar(sum(agentpane_queue_depth)))"),
        ("time() - max(agentpane_queue_depth)", "time() - max by (job) (agentpane_queue_depth)"),
    ] {
        assert_eq!(kept(declared, &[]), expected);
    }
}

#[test]
fn configured_labels_are_kept_too() {
    let labels = ["cluster", "namespace"];
    for (declared, expected) in [
        ("sum(agentpane_queue_depth)", "sum by (job, cluster, namespace) (agentpane_queue_depth)"),
        (
            "sum by (job, project_id) (agentpane_queue_depth)",
            "sum by (cluster, namespace, job, project_id) (agentpane_queue_depth)",
        ),
        (
            "agentpane_queue_depth and on (job, instance) up == 0",
            "agentpane_queue_depth and on (cluster, namespace, job, instance) up == 0",
        ),
    ] {
        assert_eq!(kept(declared, &labels), expected);
    }
}

#[test]
fn an_alert_says_whom_it_is_about_and_one_about_nobody_that_it_is_the_whole() {
    let depth = || given(DEPTH, "a").is("project_id", "p");
    let declared = |when, description| AlertRule { description, ..rule(promql(when)) };
    let long = Alert::new(runbook("LongQueue"), declared("sum(agentpane_queue_depth) > 10", "Tasks wait."))
        .test(
            AlertTest::new("beside another service", "1h")
                .series(depth(), "12x70")
                .series(elsewhere(DEPTH).is("project_id", "p"), "1x70")
                .fires(&[("job", "api")], ""),
        )
        .test(AlertTest::new("few wait", "1h").series(depth(), "1x70"));
    let always = Alert::new(runbook("Always"), declared("vector(1)", "It fires."))
        .test(AlertTest::new("ever", "1h").fires(&[], ""))
        .test(AlertTest::new("at once", "0m"));
    let rule = RecordingRule::new("level:metric:operation", promql("sum(agentpane_queue_depth)"));
    let files = generated_with(&["cluster"], &rule, vec![long, always]);
    let rules = files.get("deploy/prometheus/rules/demo.yaml").expect("the domain has rules");
    let of = |name: &str| {
        let at = rules.find(&format!("alert: '{name}'")).expect("the alert is there");
        rules[at..].split("\n      - ").next().unwrap_or_default()
    };
    assert!(of("LongQueue").contains("service: '{{ $labels.job }}'"), "{rules}");
    assert!(of("LongQueue").contains("'{{ $labels.job }} (cluster {{ $labels.cluster }}): Tasks wait.'"), "{rules}");
    assert!(of("Always").contains("service: 'agentpane'") && of("Always").contains("'It fires.'"), "{rules}");

    let tests = files.get("deploy/prometheus/tests/demo.yaml").expect("its alerts have tests");
    let at = tests.find("LongQueue: beside another service").expect("the test is there");
    let test = tests[at..].split("\n  - name").next().unwrap_or_default();
    for expected in [
        "agentpane_queue_depth{cluster=\"some-cluster\", job=\"web\"",
        "service: 'api'",
        "cluster: 'some-cluster'",
        "'api (cluster some-cluster): Tasks wait.'",
    ] {
        assert!(test.contains(expected), "{expected}: {test}");
    }
}
