//! What becomes of an objective: recordings of each window, burn-rate alerts, the row of its dashboard; and what operators set.

use std::collections::BTreeMap;

use serde_json::Value;
use telemetry_mixin::model::{Dashboard, Mixin, Slo};
use telemetry_mixin::query::{above_bound, rate};
use telemetry_mixin::{AlertSettings, GenerateErrors, GeneratedFiles, GeneratorSettings, generate};

use crate::fixture::{domain, mixin, slo};

const RULES: &str = "deploy/prometheus/rules/demo-objectives.yaml";
const TESTS: &str = "deploy/prometheus/tests/demo-objectives.yaml";

fn with(settings: &GeneratorSettings, slo: Slo) -> Result<GeneratedFiles, GenerateErrors> {
    generate(settings, &[domain(Mixin { slos: vec![slo], ..mixin() })])
}

fn generated(slo: Slo) -> GeneratedFiles {
    with(&GeneratorSettings::default(), slo).unwrap_or_else(|errors| panic!("{errors}"))
}

fn file(files: &GeneratedFiles, path: &str) -> String {
    files.get(path).unwrap_or_else(|| panic!("there is no {path}")).to_owned()
}

fn setting(name: &str, objective: f64) -> GeneratorSettings {
    GeneratorSettings { objectives: BTreeMap::from([(name.to_owned(), objective)]), ..GeneratorSettings::default() }
}

#[test]
fn rules_and_their_tests_are_rendered() {
    let files = generated(slo());
    insta::assert_snapshot!("objective_rules", file(&files, RULES));
    insta::assert_snapshot!("objective_tests", file(&files, TESTS));
    let others = file(&files, "deploy/prometheus/rules/demo.yaml");
    assert!(!others.contains("slo:"), "each file has its own:\n{others}");
}

#[test]
fn there_is_an_alert_for_each_rate_at_which_the_budget_can_burn() {
    let rules = file(&generated(Slo { objective: 0.85, ..slo() }), RULES);
    // With 15 % to lose, all events being bad burn 6.7 times too fast.
    assert!(!rules.contains("ToolSuccessBurnRateFast"), "{rules}");
    assert!(!rules.contains("events_increase1h"), "what no alert reads is not recorded:\n{rules}");
    assert!(rules.contains("ToolSuccessBurnRateHigh"), "{rules}");
}

#[test]
fn so_many_events_are_needed_that_one_is_not_too_many() {
    let rules = file(&generated(slo().least_events(50.0)), RULES);
    assert!(rules.contains("events_increase1h >= 50'"), "{rules}");
    // One in a hundred may be bad: of 199 events one would be more than the half that two are of 200.
    assert!(rules.contains("events_increase3d >= 200'"), "{rules}");
}

#[test]
fn operators_set_objectives_and_the_least_number_of_events() {
    let files = with(&setting("ToolSuccess", 0.9), slo()).unwrap_or_else(|errors| panic!("{errors}"));
    let rules = file(&files, RULES);
    assert!(rules.contains("1 - slo:tool_success:bad_ratio_rate30d / 0.1'"), "{rules}");
    assert!(rules.contains("The objective: 90 % of all tool runs end without an error."), "{rules}");
    assert!(file(&files, TESTS).contains("ToolSuccessBurnRateHigh"), "tests follow the objective");

    let own = AlertSettings { threshold: Some(500.0), ..AlertSettings::default() };
    let settings = GeneratorSettings {
        alerts: BTreeMap::from([("ToolSuccessBurnRateFast".to_owned(), own)]),
        ..GeneratorSettings::default()
    };
    let files = with(&settings, slo()).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(file(&files, RULES).contains("events_increase1h >= 500'"));
    assert!(!file(&files, TESTS).contains("ToolSuccessBurnRateFast"), "a proof for 20 proves nothing for 500");
}

#[test]
fn objectives_that_cannot_be_are_refused() {
    let gone = AlertSettings { threshold: Some(500.0), ..AlertSettings::default() };
    let lax = GeneratorSettings {
        alerts: BTreeMap::from([("ToolSuccessBurnRateFast".to_owned(), gone)]),
        ..setting("ToolSuccess", 0.8)
    };
    let told = [
        with(&setting("ToolSucces", 0.9), slo()),
        with(&setting("ToolSuccess", 1.0), slo()),
        with(&setting("ToolSuccess", f64::NAN), slo()),
        with(&lax, slo()),
        with(&GeneratorSettings::default(), Slo { objective: 99.0, ..slo() }),
        with(&GeneratorSettings::default(), slo().least_events(0.0)),
        with(
            &GeneratorSettings::default(),
            Slo { bad: above_bound(7.0, "runtime_tool_execute_seconds").by(["job"]).into(), ..slo() },
        ),
        with(
            &GeneratorSettings::default(),
            Slo { bad: rate("runtime_tool_timeouts_total").by(["tool_id"]).into(), ..slo() },
        ),
    ];
    let told: Vec<String> = told.map(|refused| refused.expect_err("it is wrong").to_string()).into();
    insta::assert_snapshot!(told.join("\n\n---\n\n"));
}

#[test]
fn the_dashboard_shows_what_is_left_of_the_budget_now_and_over_a_month() {
    let board: Value = serde_json::from_str(&file(&generated(slo()), "deploy/grafana/dashboards/queue.json"))
        .expect("a dashboard is JSON");
    let panels = board["panels"].as_array().expect("it has panels");
    let row = panels.iter().position(|panel| panel["title"] == Dashboard::OBJECTIVES).expect("there is a row");
    let [now, course] = &panels[row + 1..row + 3] else { panic!("two panels follow") };
    assert_eq!((now["type"].as_str(), course["type"].as_str()), (Some("stat"), Some("timeseries")));
    assert_eq!((&now["timeFrom"], &course["timeFrom"]), (&Value::Null, &Value::from("30d")));
    for panel in [now, course] {
        let target = &panel["targets"][0];
        let expr = "clamp_min(min by (job) (slo:tool_success:error_budget_left30d{job=~\"$job\", instance=~\"$instance\"}), -1)";
        assert_eq!((&target["expr"], &target["legendFormat"]), (&expr.into(), &"ToolSuccess {{job}}".into()));
        assert_eq!(panel["links"][0]["url"], "http://localhost:3000/public/runbooks/ToolSuccess.md");
    }
    let others = file(
        &generate(&GeneratorSettings::default(), &[domain(Mixin { slos: Vec::new(), ..mixin() })])
            .unwrap_or_else(|errors| panic!("{errors}")),
        "deploy/grafana/dashboards/queue.json",
    );
    assert!(!others.contains(Dashboard::OBJECTIVES), "no objective, no row");
}
