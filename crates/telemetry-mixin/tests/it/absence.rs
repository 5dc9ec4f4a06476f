//! Alerts of what is no longer exported, and alerts that are named for the namespace.

use std::collections::BTreeMap;

use telemetry_core::Namespace;
use telemetry_mixin::model::{Alert, AlertRule, AlertTest};
use telemetry_mixin::query::{given, promql};
use telemetry_mixin::{AlertSettings, GeneratedFiles, GeneratorSettings, generate};

use crate::fixture::{dashboard, domain, mixin, rule as declared, runbook};

fn generated(settings: &GeneratorSettings) -> GeneratedFiles {
    let depth = given("agentpane_queue_depth", "a").is("project_id", "p");
    let rule = AlertRule {
        hold: "1m",
        summary: "AgentPane is down",
        description: "Nothing has come for $window.",
        ..declared(promql("absent_over_time(agentpane_queue_depth[$window])"))
    };
    let down = Alert::new(runbook("AgentPaneDown"), rule)
        .window("90s")
        .of_absence()
        .test(AlertTest::new("nothing comes", "10m").fires(&[], ""))
        .test(AlertTest::new("something comes", "10m").series(depth, "1x20"));
    let mut mixin = mixin().alert(down);
    let mut board = dashboard();
    board.rows[0].panels[0].alerts.push("AgentPaneDown".to_owned());
    mixin.dashboards = vec![board];
    generate(settings, &[domain(mixin)]).unwrap_or_else(|errors| panic!("{errors}"))
}

fn rule(settings: &GeneratorSettings) -> String {
    let files = generated(settings);
    let rules = files.get("deploy/prometheus/rules/demo.yaml").expect("the domain has rules");
    let at = rules.find("alert: 'AgentPaneDown'").expect("the alert is there");
    rules[at..].split("\n      - ").next().unwrap_or_default().to_owned()
}

#[test]
fn window_and_hold_follow_the_export_interval() {
    for (interval, window, hold) in [("15s", "90s", "1m"), ("20s", "90s", "80s"), ("60s", "240s", "240s")] {
        let settings = GeneratorSettings { export_interval: interval.to_owned(), ..GeneratorSettings::default() };
        let rule = rule(&settings);
        assert!(rule.contains(&format!("agentpane_queue_depth[{window}]")), "{interval}: {rule}");
        assert!(rule.contains(&format!("for: '{hold}'")), "{interval}: {rule}");
        let tests = generated(&settings);
        let tests = tests.get("deploy/prometheus/tests/demo.yaml").expect("other alerts have tests");
        assert_eq!(tests.contains("AgentPaneDown"), interval == "15s", "a proof holds for what is declared");
    }
}

#[test]
fn what_the_operator_sets_stays() {
    let own = AlertSettings { hold: Some("30s".to_owned()), ..AlertSettings::default() };
    let alerts = BTreeMap::from([("AgentPaneDown".to_owned(), own)]);
    let settings = GeneratorSettings { export_interval: "60s".to_owned(), alerts, ..GeneratorSettings::default() };
    let rule = rule(&settings);
    assert!(rule.contains("for: '30s'") && rule.contains("[240s]"), "{rule}");
}

#[test]
fn the_name_is_that_of_the_namespace() {
    for (namespace, name) in [("acme", "AcmeDown"), ("my_shop", "MyShopDown")] {
        let own = AlertSettings { hold: Some("2m".to_owned()), ..AlertSettings::default() };
        let settings = GeneratorSettings {
            namespace: Namespace::new(namespace).expect("lower-case words are a namespace"),
            alerts: BTreeMap::from([(name.to_owned(), own)]),
            ..GeneratorSettings::default()
        };
        let files = generated(&settings);
        for (path, text) in files.iter() {
            assert!(!text.contains("AgentPane") && !text.contains("agentpane"), "{path}");
        }
        let rules = files.get("deploy/prometheus/rules/demo.yaml").expect("the domain has rules");
        assert!(rules.contains(&format!("alert: '{name}'")), "{rules}");
        assert!(rules.contains("for: '2m'"), "{rules}");
        let page = files.get(&format!("docs/runbooks/{name}.md")).expect("the page has the alert's name");
        assert!(page.contains(&format!("# {name}\n")), "{page}");
        let board = files.get("deploy/grafana/dashboards/queue.json").expect("there is a dashboard");
        assert!(board.contains(&format!("{name}.md")), "{board}");
    }
}
