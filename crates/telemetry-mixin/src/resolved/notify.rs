//! What is wrong with the settings of Alertmanager.

use std::collections::BTreeSet;

use super::Resolved;
use crate::notify::{AlertmanagerSettings, NotificationSettings, QuietHours};
use crate::promql::{Finding, listing};
use crate::settings::time;

/// The receivers whose names are the generator's.
const RESERVED: [&str; 2] = ["none", "watchdog"];

/// Each mistake with its key, its value and what is accepted.
pub(crate) fn mistakes(settings: &AlertmanagerSettings, domains: &[Resolved]) -> Vec<Finding> {
    let mut wrong = Wrong::default();
    let told = [("critical", &settings.critical), ("warning", &settings.warning), ("info", &settings.info)];
    for (severity, notification) in told {
        self::notification(severity, notification, &mut wrong);
    }
    let names: BTreeSet<&str> = told.iter().map(|(_, notification)| notification.receiver.as_str()).collect();
    if names.len() < told.len() {
        let names = listing(told.iter().map(|(_, notification)| notification.receiver.as_str()));
        wrong.tell("critical.receiver", &names, "is no set of three names, one for each severity");
    }
    let (host, port) = settings.address.rsplit_once(':').unwrap_or_default();
    wrong.unless(
        !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok_and(|port| port > 0),
        "address",
        &settings.address,
        "is no address such as alertmanager:9093",
    );
    wrong.unless(
        settings.secrets.starts_with('/'),
        "secrets",
        &settings.secrets,
        "is no absolute path, such as /etc/alertmanager/secrets",
    );
    teams(settings, domains, &mut wrong);
    escalation(settings, &mut wrong);
    if let Some(hours) = &settings.quiet_hours {
        quiet_hours(hours, &mut wrong);
    }
    wrong.0
}

#[derive(Default)]
struct Wrong(Vec<Finding>);

impl Wrong {
    fn tell(&mut self, key: &str, value: &str, what: &str) {
        self.0.push(Finding::about(format!("setting `alertmanager.{key}`"), format!("`{value}` {what}")));
    }

    fn unless(&mut self, right: bool, key: &str, value: &str, what: &str) {
        if !right {
            self.tell(key, value, what);
        }
    }

    fn unless_time(&mut self, key: &str, value: &str) {
        self.unless(time(value).is_some(), key, value, "is no time above zero, such as 5m");
    }

    fn unless_word(&mut self, key: &str, value: &str) {
        self.unless(is_word(value), key, value, "is not of lower-case letters, digits and dashes");
    }

    fn unless_channel(&mut self, key: &str, channel: Option<&String>) {
        if let Some(channel) = channel {
            let named = channel.strip_prefix(['#', '@']).is_some_and(|name| !name.contains(char::is_whitespace));
            self.unless(named && channel.len() > 1, key, channel, "is no channel such as #alerts");
        }
    }
}

fn notification(severity: &str, notification: &NotificationSettings, wrong: &mut Wrong) {
    let key = |name: &str| format!("{severity}.{name}");
    wrong.unless_word(&key("receiver"), &notification.receiver);
    let taken = RESERVED.contains(&notification.receiver.as_str());
    wrong.unless(!taken, &key("receiver"), &notification.receiver, "is a name that the generator uses");
    wrong.unless_channel(&key("slack_channel"), notification.slack_channel.as_ref());
    wrong.unless_time(&key("group_wait"), &notification.group_wait);
    wrong.unless_time(&key("group_interval"), &notification.group_interval);
    wrong.unless_time(&key("repeat_interval"), &notification.repeat_interval);
    wrong.unless(!notification.group_by.is_empty(), &key("group_by"), "[]", "names no label, such as alertname");
    for label in &notification.group_by {
        let is_label = label.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        wrong.unless(is_label, &key("group_by"), label, "is no label: it has letters, digits and underscores");
    }
}

fn teams(settings: &AlertmanagerSettings, domains: &[Resolved], wrong: &mut Wrong) {
    let teams: BTreeSet<&str> =
        domains.iter().flat_map(|domain| &domain.alerts).map(|alert| alert.alert.team.as_str()).collect();
    for (team, own) in &settings.teams {
        let known = || format!("is the team of no alert; there are {}", listing(teams.iter().copied()));
        wrong.unless(teams.contains(team.as_str()), "teams", team, &known());
        wrong.unless_channel(&format!("teams.{team}.slack_channel"), own.slack_channel.as_ref());
    }
}

fn escalation(settings: &AlertmanagerSettings, wrong: &mut Wrong) {
    let mut before = None;
    let mut names = BTreeSet::new();
    for level in &settings.escalation {
        wrong.unless_word("escalation.name", &level.name);
        wrong.unless(names.insert(&level.name), "escalation.name", &level.name, "is there twice");
        wrong.unless_time("escalation.after", &level.after);
        let after = time(&level.after);
        let later = before.is_none() || after.is_none() || after > before;
        wrong.unless(later, "escalation.after", &level.after, "is not later than the level before");
        before = after.or(before);
    }
}

fn quiet_hours(hours: &QuietHours, wrong: &mut Wrong) {
    for (key, value) in [("quiet_hours.start", &hours.start), ("quiet_hours.end", &hours.end)] {
        wrong.unless(is_time_of_day(value), key, value, "is no time of a day, from 00:00 to 23:59");
    }
    wrong.unless(hours.start != hours.end, "quiet_hours.end", &hours.end, "is when they begin");
    let zone = &hours.time_zone;
    let named = zone.starts_with(|c: char| c.is_ascii_alphabetic())
        && zone.chars().all(|c| c.is_ascii_alphanumeric() || "/_+-".contains(c));
    wrong.unless(named, "quiet_hours.time_zone", zone, "is no time zone, such as America/Los_Angeles or UTC");
}

fn is_time_of_day(text: &str) -> bool {
    let two = |digits: &str, below: u8| digits.len() == 2 && digits.parse::<u8>().is_ok_and(|number| number < below);
    text.split_once(':').is_some_and(|(hours, minutes)| two(hours, 24) && two(minutes, 60))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
