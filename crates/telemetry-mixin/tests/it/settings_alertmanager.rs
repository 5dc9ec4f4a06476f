//! The keys of `telemetry-mixin.toml` that say who is told of alerts.

use std::collections::BTreeMap;

use telemetry_mixin::{
    AlertmanagerSettings, EscalationLevel, GeneratorSettings, NotificationSettings, QuietHours, SettingsFileErrors,
    SettingsFileProblem, TeamSettings, generate,
};

use crate::fixture::{domain, mixin};

fn read(text: &str) -> Result<AlertmanagerSettings, SettingsFileErrors> {
    GeneratorSettings::from_toml(text, &[domain(mixin())]).map(|settings| settings.alertmanager)
}

fn sound(text: &str) -> AlertmanagerSettings {
    read(text).unwrap_or_else(|errors| panic!("{errors}"))
}

const ALL: &str = r##"
    [alertmanager]
    address = "alerts.acme.example:80"
    secrets = "/run/secrets"
    webhook_alerts = 0

    [alertmanager.critical]
    receiver = "pager"
    slack_channel = "none"
    webhook = true
    send_resolved = false
    group_by = ["alertname", "service", "cluster"]
    group_wait = "10s"
    group_interval = "2m"
    repeat_interval = "1h"

    [alertmanager.warning]
    receiver = "desk"
    slack_channel = "#desk"
    webhook = true
    send_resolved = false
    group_by = ["service"]
    group_wait = "20s"
    group_interval = "3m"
    repeat_interval = "2h"

    [alertmanager.info]
    receiver = "log"
    slack_channel = "@notes"
    webhook = false
    send_resolved = true
    group_by = ["job"]
    group_wait = "30s"
    group_interval = "4m"
    repeat_interval = "3h"

    [alertmanager.teams.agents]
    slack_channel = "#$namespace-bots"
    webhook = true

    [alertmanager.escalation]
    night-shift = "1h"
    secondary = "10m"
    management = "none"

    [alertmanager.quiet_hours]
    enabled = true
    start = "20:30"
    end = "07:00"
    time_zone = "Europe/Berlin"
"##;

#[test]
fn every_key_is_set() {
    let text = str::to_owned;
    let level = |name: &str, after: &str| EscalationLevel { name: name.to_owned(), after: after.to_owned() };
    let told = AlertmanagerSettings {
        address: text("alerts.acme.example:80"),
        secrets: text("/run/secrets"),
        critical: NotificationSettings {
            receiver: text("pager"),
            slack_channel: None,
            webhook: true,
            send_resolved: false,
            group_by: vec![text("alertname"), text("service"), text("cluster")],
            group_wait: text("10s"),
            group_interval: text("2m"),
            repeat_interval: text("1h"),
        },
        warning: NotificationSettings {
            receiver: text("desk"),
            slack_channel: Some(text("#desk")),
            webhook: true,
            send_resolved: false,
            group_by: vec![text("service")],
            group_wait: text("20s"),
            group_interval: text("3m"),
            repeat_interval: text("2h"),
        },
        info: NotificationSettings {
            receiver: text("log"),
            slack_channel: Some(text("@notes")),
            webhook: false,
            send_resolved: true,
            group_by: vec![text("job")],
            group_wait: text("30s"),
            group_interval: text("4m"),
            repeat_interval: text("3h"),
        },
        teams: BTreeMap::from([(
            text("agents"),
            TeamSettings { slack_channel: Some(text("#$namespace-bots")), webhook: true },
        )]),
        // In the order in which they are told.
        escalation: vec![level("initial", "5m"), level("secondary", "10m"), level("night-shift", "1h")],
        quiet_hours: Some(QuietHours { start: text("20:30"), end: text("07:00"), time_zone: text("Europe/Berlin") }),
        webhook_alerts: 0,
    };
    assert_eq!(sound(ALL), told);
}

#[test]
fn what_is_not_said_stays_as_it_is() {
    let usual = AlertmanagerSettings::default();
    let one = sound("[alertmanager.critical]\nrepeat_interval = \"30m\"\n");
    assert_eq!(one.critical.repeat_interval, "30m");
    assert_eq!((one.critical.receiver, one.warning), (usual.critical.receiver, usual.warning));
    // A team of which one thing is said is otherwise told as every team.
    let team = &sound("[alertmanager.teams.agents]\nwebhook = true\n").teams["agents"];
    assert_eq!(*team, TeamSettings { webhook: true, ..TeamSettings::default() });
    assert_eq!(sound("[alertmanager.quiet_hours]\nenabled = false\n").quiet_hours, None);
    let zone = sound("[alertmanager.quiet_hours]\ntime_zone = \"UTC\"\n").quiet_hours.expect("there are quiet hours");
    assert_eq!((zone.start.as_str(), zone.time_zone.as_str()), ("22:00", "UTC"));
}

#[test]
fn what_is_set_reaches_alertmanager_and_its_copies() {
    let domains = [domain(mixin())];
    let settings = GeneratorSettings::from_toml(ALL, &domains).unwrap_or_else(|errors| panic!("{errors}"));
    let files = generate(&settings, &domains).unwrap_or_else(|errors| panic!("{errors}"));
    let config = files.get("deploy/alertmanager/alertmanager.yaml").expect("there is a configuration");
    for part in [
        "'/run/secrets/pager.webhook-url'",
        "'/run/secrets/desk.slack-url'",
        "'#agentpane-bots'",
        "'@notes'",
        "'escalation-night-shift'",
        "'Europe/Berlin'",
        "start_time: '20:30'",
        "repeat_interval: '3h'",
    ] {
        assert!(config.contains(part), "{part} is not in\n{config}");
    }
    assert!(!config.contains("escalation-management") && !config.contains("pager.slack-url"), "{config}");
    let prometheus = files.get("deploy/prometheus/prometheus.yaml").expect("there is a configuration");
    assert!(prometheus.contains("alerts.acme.example:80"), "{prometheus}");
    let copies = files.get("deploy/prometheus/escalation/demo.yaml").expect("there are critical alerts");
    assert!(copies.contains("escalation: 'night-shift'") && copies.contains("for: '62m'"), "{copies}");
}

#[test]
fn all_that_is_wrong_is_told_with_its_line() {
    let wrong = read(
        r##"
[alertmanager]
address = "http://alertmanager:9093"
secrets = "secrets"
webhook_alerts = -1
quiet-hours = "none"
[alertmanager.critical]
receiver = "Pager"
slack_channel = "alerts"
webhook = "yes"
url = "https://hooks.example/secret"
group_by = []
group_wait = 30
[alertmanager.warning]
receiver = "info-metrics"
[alertmanager.info]
receiver = "watchdog"
[alertmanager.teams.agent]
webhook = true
[alertmanager.teams.agents]
channel = "#agents"
[alertmanager.escalation]
initial = "15m"
Boss = "1h"
deputy = "none"
management = "later"
[alertmanager.quiet_hours]
start = "25:00"
end = "8:00"
time_zone = "Berlin (Europe)"
"##,
    )
    .expect_err("almost every line is wrong");
    insta::assert_snapshot!(wrong.to_string());
    assert!(!wrong.to_string().contains("secret\""), "an address that is a secret stays one: {wrong}");
    let lines: Vec<usize> = wrong.problems.iter().map(SettingsFileProblem::line).collect();
    assert!(lines.is_sorted(), "{lines:?}");
}

#[test]
fn quiet_hours_that_there_are_not_have_no_begin() {
    let wrong = read("[alertmanager.quiet_hours]\nenabled = false\nstart = \"21:00\"\n").expect_err("both are said");
    assert_eq!(wrong.to_string(), "line 3: `alertmanager.quiet_hours.start`: quiet hours are not enabled");
    let equal = read("[alertmanager.quiet_hours]\nstart = \"08:00\"\n").expect_err("they end when they begin");
    assert_eq!(equal.to_string(), "line 1: `alertmanager.quiet_hours.end`: `08:00` is when they begin");
}
