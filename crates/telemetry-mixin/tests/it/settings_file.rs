//! `telemetry-mixin.toml`: what is read of it, what is refused, and the page on its keys.

use std::collections::BTreeMap;

use telemetry_mixin::model::Severity;
use telemetry_mixin::{
    Backend, BundleFormat, DashboardTool, GeneratedFiles, GeneratorSettings, IdentitySettings, KubernetesSettings,
    LogStore, Logs, SettingsFileErrors, SettingsFileProblem, TraceStore, generate, settings_file_page,
};

use crate::fixture::{domain, mixin};

fn read(text: &str) -> Result<GeneratorSettings, SettingsFileErrors> {
    GeneratorSettings::from_toml(text, &[domain(mixin())])
}

fn sound(text: &str) -> GeneratorSettings {
    read(text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn generated(text: &str) -> GeneratedFiles {
    generate(&sound(text), &[domain(mixin())]).unwrap_or_else(|errors| panic!("{errors}"))
}

fn rules(text: &str) -> String {
    generated(text).get("deploy/prometheus/rules/demo.yaml").expect("the domain has rules").to_owned()
}

#[test]
fn an_empty_file_changes_nothing() {
    assert_eq!(sound("# nothing\n"), GeneratorSettings::default());
}

#[test]
fn every_key_is_set() {
    let settings = sound(
        r#"
        namespace = "acme"
        domains = ["demo"]
        backend = "mimir"
        jobs = 'acme\..*'
        aggregation_labels = ["cluster", "namespace"]
        instance_label = "k8s_pod_name"
        export_interval = "1m"
        rule_interval = "45s"
        dashboards = ["perses"]
        format = "kubernetes"
        runbooks_url = "https://runbooks.acme.example"
        disabled_alerts = ["ToolSuccessBurnRateSlow"]

        [alerts.QueueBacklog]
        threshold = 25
        for = "1h"
        severity = "critical"
        team = "on-call"

        [objectives]
        ToolSuccess = 0.995

        [identity]
        job = "app"
        instance = "pod"
        info = "process_info"

        [grafana]
        url = "https://grafana.acme.example"
        refresh = "1m"
        all_value = ".*"

        [perses]
        url = "https://perses.acme.example"
        project = "Ops"

        [prometheus]
        url = "http://mimir:8080/prometheus"
        name = "Mimir"
        uid = "mimir"

        [traces]
        uid = "traces"
        url = "http://jaeger:16686/own"
        store = "jaeger"

        [logs]
        store = "victorialogs"

        [kubernetes]
        namespace = "monitoring"
        applications_port = "applications"
        collector_port = "own"

        [kubernetes.labels]
        release = "prometheus"

        [kubernetes.collector_labels]
        "app.kubernetes.io/name" = "otel"
        "app.kubernetes.io/component" = "gateway"
        "#,
    );
    assert_eq!(settings.namespace.as_str(), "acme");
    assert_eq!(settings.domains, ["demo"]);
    assert_eq!(settings.jobs.as_deref(), Some(r"acme\..*"));
    assert_eq!(settings.common_labels, ["cluster", "namespace"]);
    assert_eq!(settings.instance_label, "k8s_pod_name");
    assert_eq!((settings.export_interval.as_str(), settings.rule_interval.as_str()), ("1m", "45s"));
    assert_eq!(settings.runbooks_url, "https://runbooks.acme.example");
    assert_eq!(settings.disabled_alerts, ["ToolSuccessBurnRateSlow"]);
    let alert = &settings.alerts["QueueBacklog"];
    assert_eq!((alert.threshold, alert.hold.as_deref(), alert.window.as_deref()), (Some(25.0), Some("1h"), None));
    assert_eq!((alert.severity, alert.team.as_deref()), (Some(Severity::Critical), Some("on-call")));
    assert_eq!(settings.objectives, BTreeMap::from([("ToolSuccess".to_owned(), 0.995)]));
    assert_eq!(settings.grafana_url, "https://grafana.acme.example");
    assert_eq!(settings.refresh.as_deref(), Some("1m"));
    assert_eq!((settings.backend, settings.all_value.as_deref()), (Backend::Mimir, Some(".*")));
    let own = |name: &str| Some(name.to_owned());
    let identity = IdentitySettings { job: own("app"), instance: own("pod"), info: own("process_info") };
    assert_eq!(settings.identity, identity);
    assert_eq!(settings.prometheus_url.as_deref(), Some("http://mimir:8080/prometheus"));
    assert_eq!(
        (&*settings.perses_url, settings.perses_project.as_deref()),
        ("https://perses.acme.example", Some("Ops"))
    );
    assert_eq!((settings.prometheus_name.as_str(), settings.prometheus_uid.as_str()), ("Mimir", "mimir"));
    let traces = settings.traces.expect("there is a store");
    let url = "http://jaeger:16686/own";
    assert_eq!((traces.store, traces.uid.as_str(), traces.url.as_str()), (TraceStore::Jaeger, "traces", url));
    assert_eq!(settings.logs, Some(Logs::new(LogStore::VictoriaLogs, "http://victorialogs:9428")));
    let texts = |labels: &[(&str, &str)]| {
        labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(settings.dashboards, [DashboardTool::Perses]);
    assert_eq!(settings.format, BundleFormat::Kubernetes);
    assert_eq!(
        settings.kubernetes,
        KubernetesSettings {
            namespace: Some("monitoring".to_owned()),
            labels: texts(&[("release", "prometheus")]),
            collector_labels: texts(&[("app.kubernetes.io/component", "gateway"), ("app.kubernetes.io/name", "otel")]),
            applications_port: "applications".to_owned(),
            collector_port: "own".to_owned(),
        }
    );
}

#[test]
fn all_that_is_wrong_is_told_with_its_line() {
    let wrong = read(
        r#"namespace = "Acme"
domans = ["demo"]
domains = ["dem"]
jobs = ""
aggregation_labels = ["a-b"]
instance_label = "0"
rule_interval = "0s"
runbooks_url = "acme.example"
disabled_alerts = "QueueBacklog"
alerts = { QueueBacklg = { threshold = 2 }, QueueBacklog = { threshold = "high", hold = "5m" } }
grafana = "https://acme.example"
[alert.QueueBacklog]
[objectives]
ToolSuccess = 99.5
[traces]
store = "none"
uid = "traces"
[logs]
store = "elastic"
[perses]
url = "perses.example"
project = "the project"
[prometheus]
name = "Pro\u001bmetheus\u0000"
url = """
several
lines"""
"#,
    )
    .expect_err("almost every line is wrong");
    insta::assert_snapshot!(wrong.to_string());
    let lines: Vec<usize> = wrong.problems.iter().map(SettingsFileProblem::line).collect();
    assert!(lines.is_sorted(), "{lines:?}");
}

#[test]
fn line_ends_and_a_mark_at_the_beginning_are_those_of_other_systems() {
    let settings = sound("\u{feff}namespace = \"acme\"\r\n[traces]\r\nstore = \"none\"\r\n");
    assert_eq!((settings.namespace.as_str(), settings.traces), ("acme", None));
    let wrong = read("\u{feff}# one\r\nnamspace = \"acme\"\r\n").expect_err("it is misspelled");
    assert_eq!(wrong.to_string(), "line 2: there is no key `namspace`; did you mean `namespace`?");
}

#[test]
fn tools_for_dashboards_that_there_are_not_are_refused() {
    let wrong = read("dashboards = [\"perses\", \"kibana\"]\n").expect_err("one of them is unknown").to_string();
    assert!(wrong.contains("`kibana` is not grafana or perses"), "{wrong}");
    let none = read("dashboards = []\n").expect_err("there is none").to_string();
    assert!(none.contains("it does not name grafana or perses"), "{none}");
}

#[test]
fn what_is_no_toml_is_told_alone() {
    let wrong = read("namespace = acme\n[alerts\n").expect_err("both lines are wrong");
    assert!(matches!(wrong.problems[0], SettingsFileProblem::Syntax { line: 1, .. }), "{wrong}");
    for (text, told) in [
        (
            "[alerts.QueueBacklog]\nthreshold = 0,5\n",
            "line 2: unexpected key or value, expected newline, `#`, in `threshold = 0,5`",
        ),
        ("a = 1\ndomains = []\ndomains = []\n", "line 3: duplicate key, in `domains = []`"),
    ] {
        assert_eq!(read(text).expect_err("it is no TOML").to_string(), told);
    }
    // Line ends of old, which the parser tells of once for each of its rules.
    assert_eq!(read("namespace = \"acme\"\rdomains = []\r").expect_err("it is no TOML").problems.len(), 1);
    let twice = read("domains = []\ndomains = []\n").expect_err("a key stands twice");
    assert!(matches!(twice.problems[0], SettingsFileProblem::Syntax { line: 2, .. }), "{twice}");
}

#[test]
fn what_a_terminal_would_obey_is_shown_and_not_done() {
    for text in [
        "\"a\\u001b[2J\" = 1",
        "domains = [\"a\\u001b[2J\"]",
        "[alerts.\"a\\u001b[2J\"]\nfor = \"1m\"",
        "a = \u{1b}[2J",
    ] {
        let wrong = read(text).expect_err("there is no such thing");
        assert!(!format!("{wrong}{wrong:?}").contains('\u{1b}'), "{wrong}");
    }
}

#[test]
fn thresholds_that_an_alert_has_not_are_refused_at_its_table() {
    let wrong = read("\n[alerts.QueueBacklog]\nwindow = \"5m\"\n").expect_err("it has no window");
    let told = "line 2: `alerts.QueueBacklog`: the expression has no $window that could be set";
    assert_eq!(wrong.to_string(), told);
}

#[test]
fn numbers_are_read_as_they_are_written() {
    for (written, number) in [("16", 16.0), ("0x10", 16.0), ("1_000", 1_000.0), ("1e3", 1_000.0), ("-0.5", -0.5)] {
        let settings = sound(&format!("[alerts.QueueBacklog]\nthreshold = {written}\n"));
        assert_eq!(settings.alerts["QueueBacklog"].threshold, Some(number), "{written}");
    }
    for none in ["nan", "inf", "-inf", "\"1\"", "true", "[1]", "2026-11-27"] {
        let wrong = read(&format!("[alerts.QueueBacklog]\nthreshold = {none}\n")).expect_err("it is no number");
        assert_eq!(
            wrong.to_string(),
            format!("line 2: `alerts.QueueBacklog.threshold` is {none}; accepted is a number")
        );
    }
}

#[test]
fn alerts_get_another_severity_and_team_and_keep_their_proofs() {
    let files = generated("[alerts.QueueBacklog]\nseverity = \"critical\"\nteam = \"on-call\"\n");
    let rules = files.get("deploy/prometheus/rules/demo.yaml").expect("the domain has rules");
    assert!(rules.contains("severity: 'critical'\n          team: 'on-call'"), "{rules}");
    let tests = files.get("deploy/prometheus/tests/demo.yaml").expect("its alerts have tests");
    assert!(tests.contains("team: 'on-call'"), "{tests}");
}

#[test]
fn a_disabled_alert_leaves_nothing_behind() {
    let files = generated("disabled_alerts = [\"QueueBacklog\"]");
    for (path, text) in files.iter() {
        assert!(!path.contains("QueueBacklog") && !text.contains("QueueBacklog"), "{path}:\n{text}");
    }
    // One of an objective's alerts leaves the page to the others.
    let files = generated("disabled_alerts = [\"ToolSuccessBurnRateSlow\"]");
    assert!(files.get("docs/runbooks/ToolSuccess.md").is_some());
}

#[test]
fn jobs_limit_rules_and_alerts_and_what_a_dashboard_offers() {
    let files = generated(r#"jobs = 'acme\.(a|b)'"#);
    let rules = files.get("deploy/prometheus/rules/demo.yaml").expect("the domain has rules");
    // Backslashes are escaped in the expression, and again by YAML, as the quotes are.
    let limited = r#"job=~\"acme\\\\.(a|b)\""#;
    for line in rules.lines().filter(|line| line.contains("agentpane_queue_depth{") || line.contains("_count{")) {
        assert!(line.contains(limited), "{line}");
    }
    assert!(rules.contains(&format!("(agentpane_queue_depth{{{limited}}})")), "{rules}");
    assert!(!rules.contains("slo:tool_success:bad_ratio_rate5m{"), "what is recorded is limited already: {rules}");
    let board = files.get("deploy/grafana/dashboards/queue.json").expect("there is a dashboard");
    assert!(board.contains(r#""allValue": "acme\\.(a|b)""#), "{board}");
    assert!(files.get("deploy/prometheus/tests/demo.yaml").is_none(), "the proofs are about other jobs");
}

#[test]
fn intervals_and_data_sources_are_followed() {
    let text =
        "rule_interval = \"45s\"\n[grafana]\nrefresh = \"2m\"\n[prometheus]\nuid = \"mimir\"\nname = \"Mimir\"\n";
    assert!(rules(text).contains("interval: '45s'"));
    let files = generated(text);
    let board = files.get("deploy/grafana/dashboards/queue.json").expect("there is a dashboard");
    assert!(board.contains("\"refresh\": \"2m\""), "{board}");
    let source = files.get("deploy/grafana/provisioning/datasources/prometheus.yaml").expect("there is a data source");
    assert!(source.contains("name: 'Mimir'") && source.contains("uid: 'mimir'"), "{source}");
}

#[test]
fn the_page_has_every_key_and_an_example_that_is_read() {
    let page = settings_file_page();
    insta::assert_snapshot!("settings_file_page", page);
    let example =
        page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("there is an example");
    for example in [example, include_str!("../../examples/telemetry-mixin.toml")] {
        // Of the domains that it names there are none here.
        let errors = GeneratorSettings::from_toml(example, &[]).expect_err("it names alerts");
        for problem in errors.problems {
            assert!(matches!(problem, SettingsFileProblem::Unfit { .. }), "{problem}");
        }
    }
}
