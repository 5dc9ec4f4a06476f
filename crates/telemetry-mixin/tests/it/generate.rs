//! What is generated of a sound domain, and what an operator changes of it.

use std::collections::BTreeMap;

use telemetry_core::{Catalogue, Namespace};
use telemetry_mixin::model::{Dashboard, Domain, Mixin, Panel, Unit};
use telemetry_mixin::query::sum;
use telemetry_mixin::{AlertSettings, GeneratedFiles, GeneratorSettings, generate};

use crate::fixture::{domain, mixin};

fn generated(settings: &GeneratorSettings) -> GeneratedFiles {
    generate(settings, &[domain(mixin())]).unwrap_or_else(|errors| panic!("{errors}"))
}

fn rules(settings: &GeneratorSettings) -> String {
    generated(settings).get("deploy/prometheus/rules/demo.yaml").expect("the domain has rules").to_owned()
}

#[test]
fn rules_and_their_tests_are_rendered() {
    let files = generated(&GeneratorSettings::default());
    insta::assert_snapshot!("rules", files.get("deploy/prometheus/rules/demo.yaml").expect("the domain has rules"));
    insta::assert_snapshot!("tests", files.get("deploy/prometheus/tests/demo.yaml").expect("its alerts have tests"));
    insta::assert_snapshot!("runbook", files.get("docs/runbooks/QueueBacklog.md").expect("the alert has a runbook"));
    insta::assert_snapshot!("metrics", files.get("docs/metrics/telemetry-demo.md").expect("the crate has a page"));
}

#[test]
fn the_same_input_gives_the_same_files() {
    let settings = GeneratorSettings::default();
    assert_eq!(generated(&settings), generated(&settings));
}

#[test]
fn a_namespace_is_followed_everywhere() {
    let acme = Namespace::new("acme").expect("a lower-case word is a namespace");
    let files = generated(&GeneratorSettings { namespace: acme, ..GeneratorSettings::default() });
    for (path, text) in files.iter() {
        assert!(!text.contains("agentpane"), "{path}");
    }
    let rules = files.get("deploy/prometheus/rules/demo.yaml").expect("the domain has rules");
    assert!(rules.contains("job_instance_project_id:acme_queue_depth:sum"), "{rules}");
    let board = files.get("deploy/grafana/dashboards/queue.json").expect("there is a dashboard");
    assert!(board.contains("\"uid\": \"acme-queue\""), "{board}");
}

#[test]
fn operators_set_thresholds_and_times() {
    let own = AlertSettings { threshold: Some(25.0), hold: Some("1h".to_owned()), ..AlertSettings::default() };
    let alerts = BTreeMap::from([("QueueBacklog".to_owned(), own)]);
    let settings = GeneratorSettings { alerts, ..GeneratorSettings::default() };
    let rules = rules(&settings);
    assert!(rules.contains("(agentpane_queue_depth) > 25'"), "{rules}");
    assert!(rules.contains("for: '1h'"), "{rules}");
    assert!(rules.contains("wait, more than 25."), "{rules}");
    let files = generated(&settings);
    let tests = files.get("deploy/prometheus/tests/demo.yaml");
    assert_eq!(tests, None, "a proof for 10 proves nothing for 25");
}

#[test]
fn settings_that_name_nothing_are_refused() {
    let window = AlertSettings { window: Some("1h".to_owned()), ..AlertSettings::default() };
    let settings = GeneratorSettings {
        domains: ["dem", "telemetry-dmo", "mail"].map(str::to_owned).to_vec(),
        alerts: BTreeMap::from([
            ("QueueBacklg".to_owned(), AlertSettings::default()),
            ("QueueBacklog".to_owned(), window),
        ]),
        export_interval: "soon".to_owned(),
        rule_interval: "0s".to_owned(),
        ..GeneratorSettings::default()
    };
    let errors = generate(&settings, &[domain(mixin())]).expect_err("every setting is wrong");
    insta::assert_snapshot!(errors.to_string());
}

#[test]
fn settings_that_no_rule_could_follow_are_refused() {
    let errors = |settings: GeneratorSettings| {
        let errors = generate(&settings, &[domain(mixin())]).err();
        errors.map(|errors| errors.to_string()).unwrap_or_default()
    };
    for (export_interval, rule_interval, told) in
        [("10m", "30s", "setting `export_interval`"), ("15s", "10m", "setting `rule_interval`"), ("2m", "5m", "")]
    {
        let (export_interval, rule_interval) = (export_interval.to_owned(), rule_interval.to_owned());
        let told_of = errors(GeneratorSettings { export_interval, rule_interval, ..GeneratorSettings::default() });
        assert!(told_of.contains(told) && told_of.is_empty() == told.is_empty(), "{told_of}");
    }
    let of_jobs =
        |jobs: &str| errors(GeneratorSettings { jobs: Some(jobs.to_owned()), ..GeneratorSettings::default() });
    assert_eq!(of_jobs(r"api-\d+|worker"), "");
    assert!(of_jobs("(").contains("setting `jobs`"));
    let of_labels = errors(GeneratorSettings { common_labels: vec!["le".to_owned()], ..GeneratorSettings::default() });
    assert!(of_labels.contains("setting `aggregation_labels`") && !of_labels.contains("alert"), "{of_labels}");
}

#[test]
fn domains_are_chosen_and_still_know_each_other() {
    let other = Domain::new(
        "other",
        Catalogue::new("other", &[]),
        Mixin::new().dashboard(
            Dashboard::new("other", "Other", "Reads the first domain's metrics").panel(Panel::stat(
                "Depth",
                "Tasks that wait",
                Unit::Short,
                sum("agentpane_queue_depth"),
            )),
        ),
    );
    let settings = GeneratorSettings { domains: vec!["other".to_owned()], ..GeneratorSettings::default() };
    let files = generate(&settings, &[domain(mixin()), other]).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(files.get("deploy/grafana/dashboards/other.json").is_some());
    assert!(files.get("deploy/grafana/dashboards/queue.json").is_none());
    assert!(files.get("deploy/prometheus/rules/demo.yaml").is_none());
}

#[test]
fn a_domain_is_chosen_by_the_name_of_its_crate_too() {
    let chosen = |name: &str| GeneratorSettings { domains: vec![name.to_owned()], ..GeneratorSettings::default() };
    let by_crate = generated(&chosen("telemetry-demo"));
    assert_eq!(by_crate, generated(&chosen("demo")));
    assert!(by_crate.get("deploy/prometheus/rules/demo.yaml").is_some());
}
