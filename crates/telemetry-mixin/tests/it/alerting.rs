//! Who is told of an alert: the routes as Alertmanager walks them, hour by hour, inhibitions, escalations, secrets.

use std::collections::BTreeMap;

use serde_json::Value;
use telemetry_core::Namespace;
use telemetry_mixin::model::{Alert, AlertRule, AlertTest, Severity};
use telemetry_mixin::query::{Expr, given, sum, threshold};
use telemetry_mixin::{AlertmanagerSettings, GeneratedFiles, GeneratorSettings, TeamSettings, generate};

use crate::fixture::{domain, mixin, rule, runbook};

const CONFIG: &str = "deploy/alertmanager/alertmanager.yaml";

/// Labels of an alert.
type Labels = BTreeMap<String, String>;

fn queue(name: &str, severity: Severity, team: &'static str, labels: &[&str]) -> Alert {
    let when: Expr = sum("agentpane_queue_depth").by(labels.iter().copied()).above(threshold(10.0));
    let given = || given("agentpane_queue_depth", "a").is("project_id", "p");
    let description = "{{ $value | printf \"%.0f\" }} tasks wait.";
    Alert::new(runbook(name), AlertRule { severity, team, hold: "2m", description, ..rule(when) })
        .test(AlertTest::new("twelve wait", "1h").series(given(), "12x70").fires(
            &labels.iter().map(|label| (*label, if *label == "job" { "a" } else { "p" })).collect::<Vec<_>>(),
            "12",
        ))
        .test(AlertTest::new("none wait", "1h").series(given(), "0x70"))
}

/// What watches, what is down, what tells of absence, what shares a cause, notes.
fn files(settings: &GeneratorSettings) -> GeneratedFiles {
    let critical = Severity::Critical;
    let mixin = mixin()
        .alert(queue("QueueFull", critical, "agents", &["job", "project_id"]).cause("queue"))
        .alert(queue("QueueLong", Severity::Warning, "platform", &["job", "project_id"]).cause("queue"))
        .alert(queue("CollectorDown", critical, "metrics", &["job"]).cause("collector down"))
        .alert(queue("QueueGone", critical, "platform", &["job"]).of_absence())
        .alert(queue("QueueSeen", Severity::Info, "platform", &["job"]))
        .alert(queue("QueueBorn", Severity::Info, "platform", &["job"]).of_event())
        .alert(queue("InfoInhibitor", Severity::Info, "metrics", &["job"]))
        .alert(queue("Watchdog", Severity::Info, "platform", &["job"]));
    generate(settings, &[domain(mixin)]).unwrap_or_else(|errors| panic!("{errors}"))
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn config(settings: &GeneratorSettings) -> Value {
    yaml(files(settings).get(CONFIG).expect("there is a configuration"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// Whether a matcher such as `team="agents"` or `severity=~"warning|info"` takes an alert.
fn takes(matcher: &str, labels: &Labels) -> bool {
    let at = matcher.find(['=', '!']).unwrap_or_else(|| panic!("{matcher} is no matcher"));
    let (name, rest) = matcher.split_at(at);
    let (operator, value) = rest.split_once('"').unwrap_or_else(|| panic!("{matcher} is no matcher"));
    let value = value.trim_end_matches('"');
    let has = labels.get(name).map_or("", String::as_str);
    match operator {
        "=" => has == value,
        "=~" => value.split('|').any(|value| value == has),
        "!~" => value.split('|').all(|value| value != has),
        _ => panic!("{matcher} is another matcher"),
    }
}

/// The routes that take an alert in the end, as Alertmanager finds them: the first child that matches, and the next ones
/// where it says so; a route without one that matches takes it itself.
fn routed<'a>(route: &'a Value, labels: &Labels) -> Vec<&'a Value> {
    let mut found = Vec::new();
    for child in list(&route["routes"]) {
        if list(&child["matchers"]).iter().all(|matcher| takes(text(matcher), labels)) {
            found.extend(routed(child, labels));
            if child["continue"] != true {
                break;
            }
        }
    }
    if found.is_empty() { vec![route] } else { found }
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Labels and receivers of each case in the generated file.
fn cases(files: &GeneratedFiles) -> Vec<(Labels, Vec<String>)> {
    let cases = files.get("deploy/alertmanager/tests/routes.txt").expect("there are cases");
    let cases = cases.lines().filter(|line| !line.starts_with('#'));
    cases
        .map(|line| {
            let (labels, receivers) = line.split_once(" -> ").expect("a case has an arrow");
            let labels = labels.split(' ').map(|pair| pair.split_once('=').expect("a label has a value"));
            let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            (labels, receivers.split(' ').map(str::to_owned).collect())
        })
        .collect()
}

/// Whether a route is muted at that time of a day, where the quiet hours are.
fn muted(config: &Value, route: &Value, time: &str) -> bool {
    let intervals = list(&config["time_intervals"]);
    list(&route["mute_time_intervals"]).iter().any(|name| {
        let interval = intervals.iter().find(|interval| interval["name"] == *name).expect("the interval is there");
        list(&interval["time_intervals"]).iter().flat_map(|times| list(&times["times"])).any(|range| {
            // Two digits each, so that texts compare as times do.
            text(&range["start_time"]) <= time && time < text(&range["end_time"])
        })
    })
}

#[test]
fn alertmanager_is_configured() {
    let files = files(&GeneratorSettings::default());
    insta::assert_snapshot!("alertmanager", files.get(CONFIG).expect("there is a configuration"));
    insta::assert_snapshot!(
        "routes",
        files.get("deploy/alertmanager/tests/routes.txt").expect("there are cases for amtool")
    );
}

#[test]
fn every_case_comes_to_its_receivers() {
    let files = files(&GeneratorSettings::default());
    let config = yaml(files.get(CONFIG).expect("there is a configuration"));
    let cases = cases(&files);
    assert!(cases.len() > 20, "only {} cases", cases.len());
    for (labels, receivers) in cases {
        let found: Vec<&str> =
            routed(&config["route"], &labels).into_iter().map(|route| text(&route["receiver"])).collect();
        assert_eq!(found, receivers, "{labels:?}");
    }
}

#[test]
fn every_receiver_of_a_route_is_there_and_every_receiver_has_a_route() {
    fn named(route: &Value, into: &mut Vec<String>) {
        into.push(text(&route["receiver"]).to_owned());
        list(&route["routes"]).iter().for_each(|child| named(child, into));
    }
    let config = config(&GeneratorSettings::default());
    let mut routed = Vec::new();
    named(&config["route"], &mut routed);
    routed.sort();
    routed.dedup();
    let mut receivers: Vec<&str> = list(&config["receivers"]).iter().map(|receiver| text(&receiver["name"])).collect();
    receivers.sort_unstable();
    assert_eq!(routed, receivers);
}

#[test]
fn quiet_hours_mute_all_but_what_is_critical() {
    let settings = GeneratorSettings::default();
    let files = files(&settings);
    let config = yaml(files.get(CONFIG).expect("there is a configuration"));
    let interval = &config["time_intervals"][0]["time_intervals"][0];
    assert_eq!(interval["location"], "America/Los_Angeles");
    for (labels, _) in cases(&files) {
        let has = |name: &str, value: &str| labels.get(name).is_some_and(|has| has == value);
        let always = has("severity", "critical") || has("alertname", "Watchdog") || has("alertname", "InfoInhibitor");
        for (time, quiet) in
            [("22:00", true), ("23:59", true), ("00:00", true), ("07:59", true), ("08:00", false), ("21:59", false)]
        {
            for route in routed(&config["route"], &labels) {
                assert_eq!(muted(&config, route, time), quiet && !always, "{labels:?} at {time}: {route}");
            }
        }
    }
    let never = AlertmanagerSettings { quiet_hours: None, ..AlertmanagerSettings::default() };
    let settings = GeneratorSettings { alertmanager: never, ..settings };
    let text = files_text(&settings);
    assert!(!text.contains("mute_time_intervals") && !text.contains("time_intervals"), "{text}");
}

fn files_text(settings: &GeneratorSettings) -> String {
    files(settings).get(CONFIG).expect("there is a configuration").to_owned()
}

#[test]
fn hours_within_a_day_are_one_range() {
    let mut settings = GeneratorSettings::default();
    let hours = settings.alertmanager.quiet_hours.as_mut().expect("there are quiet hours");
    hours.start = "12:00".to_owned();
    hours.end = "13:30".to_owned();
    let config = config(&settings);
    let times = &config["time_intervals"][0]["time_intervals"][0]["times"];
    assert_eq!(*times, serde_json::json!([{ "start_time": "12:00", "end_time": "13:30" }]));
}

/// Whether the inhibit rules keep one alert quiet while the other fires.
fn inhibits(config: &Value, source: &Labels, target: &Labels) -> bool {
    let all = |matchers: &Value, labels: &Labels| list(matchers).iter().all(|matcher| takes(text(matcher), labels));
    list(&config["inhibit_rules"]).iter().any(|rule| {
        all(&rule["source_matchers"], source)
            && all(&rule["target_matchers"], target)
            && list(&rule["equal"]).iter().all(|label| source.get(text(label)) == target.get(text(label)))
    })
}

#[test]
fn what_is_critical_keeps_quiet_what_is_less_of_the_same_cause_and_labels() {
    let config = config(&GeneratorSettings::default());
    let alert = |name: &str, severity: &str, project: &str| {
        labels(&[
            ("alertname", name),
            ("severity", severity),
            ("cause", "queue"),
            ("job", "api"),
            ("service", "api"),
            ("project_id", project),
        ])
    };
    let full = alert("QueueFull", "critical", "p");
    assert!(inhibits(&config, &full, &alert("QueueLong", "warning", "p")));
    assert!(!inhibits(&config, &full, &alert("QueueLong", "warning", "q")), "another project's queue is another");
    let mut elsewhere = alert("QueueLong", "warning", "p");
    elsewhere.insert("service".to_owned(), "other".to_owned());
    assert!(!inhibits(&config, &full, &elsewhere), "another service's queue is another");
    assert!(!inhibits(&config, &full, &alert("QueueFull", "critical", "p")));
    assert!(!inhibits(&config, &alert("QueueLong", "warning", "p"), &full));
    let mut unrelated = alert("QueueBacklog", "warning", "p");
    unrelated.remove("cause");
    assert!(!inhibits(&config, &full, &unrelated));
}

#[test]
fn a_collector_that_is_down_keeps_absences_quiet_and_nothing_else() {
    let settings = GeneratorSettings { common_labels: vec!["cluster".to_owned()], ..GeneratorSettings::default() };
    let config = config(&settings);
    let alert = |name: &str, cause: &str, job: &str, cluster: &str| {
        let labels = labels(&[("alertname", name), ("severity", "critical"), ("job", job), ("service", job)]);
        let more = [("cause", cause), ("cluster", cluster)].map(|(name, value)| (name.to_owned(), value.to_owned()));
        labels.into_iter().chain(more).collect::<Labels>()
    };
    let down = alert("CollectorDown", "collector down", "otel-collector", "eu");
    assert!(inhibits(&config, &down, &alert("QueueGone", "", "api", "eu")));
    assert!(!inhibits(&config, &down, &alert("QueueGone", "", "api", "us")), "another cluster has another collector");
    assert!(!inhibits(&config, &down, &alert("QueueFull", "queue", "api", "eu")));
}

#[test]
fn notes_are_held_back_while_they_are_all_that_fires_of_a_service() {
    let config = config(&GeneratorSettings::default());
    let alert = |name: &str, severity: &str, service: &str| {
        labels(&[("alertname", name), ("severity", severity), ("service", service)])
    };
    let inhibitor = alert("InfoInhibitor", "info", "api");
    assert!(inhibits(&config, &inhibitor, &alert("QueueSeen", "info", "api")));
    for kept in [
        alert("QueueSeen", "info", "other"),
        alert("QueueBorn", "info", "api"),
        alert("QueueLong", "warning", "api"),
        alert("Watchdog", "info", "api"),
        alert("InfoInhibitor", "info", "api"),
    ] {
        assert!(!inhibits(&config, &inhibitor, &kept), "{kept:?}");
    }
}

#[test]
fn critical_alerts_have_copies_that_fire_later() {
    let files = files(&GeneratorSettings::default());
    let rules = |path: &str| {
        let file = yaml(files.get(path).unwrap_or_else(|| panic!("{path} is missing")));
        let groups = list(&file["groups"]).to_vec();
        let rules = groups.iter().flat_map(|group| list(&group["rules"]).to_vec());
        rules.filter(|rule| rule["alert"].is_string()).collect::<Vec<_>>()
    };
    let copies = rules("deploy/prometheus/escalation/demo.yaml");
    let originals =
        [rules("deploy/prometheus/rules/demo.yaml"), rules("deploy/prometheus/rules/demo-objectives.yaml")].concat();
    let critical: Vec<&Value> = originals.iter().filter(|rule| rule["labels"]["severity"] == "critical").collect();
    assert_eq!(copies.len(), 3 * critical.len());
    for original in critical {
        let own: Vec<&Value> = copies.iter().filter(|copy| copy["alert"] == original["alert"]).collect();
        let levels: Vec<&str> = own.iter().map(|copy| text(&copy["labels"]["escalation"])).collect();
        assert_eq!(levels, ["initial", "secondary", "management"]);
        for copy in own {
            for same in ["expr", "annotations"] {
                assert_eq!(copy[same], original[same]);
            }
            let mut labels = copy["labels"].clone();
            labels.as_object_mut().and_then(|labels| labels.remove("escalation")).expect("it has a level");
            assert_eq!(labels, original["labels"]);
        }
    }
    let holds: Vec<&str> =
        copies.iter().filter(|copy| copy["alert"] == "QueueFull").map(|copy| text(&copy["for"])).collect();
    assert_eq!(holds, ["7m", "17m", "32m"], "it has to hold for two minutes, and then for five, fifteen and thirty");
}

#[test]
fn what_counts_alerts_counts_no_copies() {
    let files = files(&GeneratorSettings::default());
    let reads = files.iter().filter(|(path, _)| path.ends_with(".yaml") || path.ends_with(".json"));
    let mut read = 0;
    for (path, text) in reads {
        for rest in text.split("ALERTS{").skip(1) {
            let matchers = rest.split('}').next().unwrap_or_default().replace('\\', "");
            assert!(matchers.contains("escalation=\"\""), "{path}: {matchers}");
            read += 1;
        }
    }
    assert!(read >= 2, "only {read} readers of alerts were found");
}

#[test]
fn every_secret_is_in_a_file() {
    let text = files_text(&GeneratorSettings::default());
    let config = yaml(&text);
    let mut secrets = 0;
    for receiver in list(&config["receivers"]) {
        let name = text_of(receiver, "name");
        for slack in list(&receiver["slack_configs"]) {
            assert_eq!(slack["api_url_file"], format!("/etc/alertmanager/secrets/{name}.slack-url"));
            secrets += 1;
        }
        for webhook in list(&receiver["webhook_configs"]) {
            assert_eq!(webhook["url_file"], format!("/etc/alertmanager/secrets/{name}.webhook-url"));
            assert_eq!(webhook["max_alerts"], 10);
            secrets += 1;
        }
    }
    assert!(secrets >= 8, "only {secrets} secrets were looked at");
    for open in [" url: ", " api_url: ", "password", "token", "credentials", "http"] {
        assert!(!text.contains(open), "{open} is in\n{text}");
    }
}

fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    text(&value[key])
}

#[test]
fn teams_and_channels_are_chosen() {
    let acme = Namespace::new("acme").expect("a lower-case word is a namespace");
    let mut settings = GeneratorSettings { namespace: acme, ..GeneratorSettings::default() };
    let teams = &mut settings.alertmanager.teams;
    teams.insert("metrics".to_owned(), TeamSettings { slack_channel: None, webhook: false });
    teams.insert("agents".to_owned(), TeamSettings { slack_channel: Some("#bots".to_owned()), webhook: true });
    let config = config(&settings);
    let channel = |name: &str| {
        let receiver = list(&config["receivers"]).iter().find(|receiver| receiver["name"] == name)?;
        Some(text(&receiver["slack_configs"][0]["channel"]).to_owned())
    };
    assert_eq!(channel("critical-pager").as_deref(), Some("#acme-alerts-critical"));
    assert_eq!(channel("warning-slack").as_deref(), Some("#acme-alerts"));
    assert_eq!(channel("team-platform").as_deref(), Some("#acme-platform"));
    assert_eq!(channel("team-agents").as_deref(), Some("#bots"));
    assert_eq!(channel("team-metrics"), None);
    let to = routed(&config["route"], &labels(&[("severity", "critical"), ("team", "metrics")]));
    assert_eq!(to.iter().map(|route| text(&route["receiver"])).collect::<Vec<_>>(), ["critical-pager"]);
}

#[test]
fn what_is_not_accepted_is_told_with_its_key_and_value() {
    let mut settings = GeneratorSettings::default();
    let own = &mut settings.alertmanager;
    own.address = "http://alertmanager".to_owned();
    own.secrets = "secrets".to_owned();
    own.critical.receiver = "Pager".to_owned();
    own.critical.group_wait = "soon".to_owned();
    own.warning.slack_channel = Some("alerts".to_owned());
    own.warning.group_by = vec!["alert name".to_owned()];
    own.info.receiver = "watchdog".to_owned();
    own.info.group_by.clear();
    own.teams.insert("agens".to_owned(), TeamSettings::default());
    own.escalation[1].after = "5m".to_owned();
    own.escalation[2].name = "initial".to_owned();
    let hours = own.quiet_hours.as_mut().expect("there are quiet hours");
    hours.start = "24:30".to_owned();
    hours.time_zone = "somewhere else".to_owned();
    let errors = generate(&settings, &[domain(mixin())]).expect_err("every setting is wrong");
    insta::assert_snapshot!("refused", errors.to_string());
}
