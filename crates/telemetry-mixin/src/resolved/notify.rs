//! What is wrong with the settings of Alertmanager.

use std::collections::BTreeSet;

use super::place::place_of;
use crate::model::Severity;
use crate::notify::{AlertmanagerSettings, NotificationSettings, QuietHours};
use crate::promql::{Finding, listing};
use crate::settings::{CHANNEL, FOLDER, Form, HOST_AND_PORT, TIME_OF_DAY, TIME_ZONE, WORD, is_label, time};

/// The receivers whose names are the generator's.
const RESERVED: [&str; 2] = ["none", "watchdog"];

/// Each mistake with its key, its value and what is accepted; of these teams there are alerts.
pub(super) fn mistakes(settings: &AlertmanagerSettings, known: &BTreeSet<String>) -> Vec<Finding> {
    let mut wrong = Wrong::default();
    for severity in Severity::ALL {
        notification(severity.as_str(), settings.of(severity), &mut wrong);
    }
    let receivers = Severity::ALL.map(|severity| settings.of(severity).receiver.as_str());
    if BTreeSet::from(receivers).len() < receivers.len() {
        let message = format!("{} are not three names, one for each severity", listing(receivers));
        wrong.0.push(Finding::about(place_of("alertmanager.critical.receiver"), message));
    }
    wrong.unless_of(&HOST_AND_PORT, "address", &settings.address);
    wrong.unless_of(&FOLDER, "secrets", &settings.secrets);
    teams(settings, known, &mut wrong);
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
        self.0.push(Finding::about(place_of(&format!("alertmanager.{key}")), format!("`{value}` {what}")));
    }

    fn unless(&mut self, right: bool, key: &str, value: &str, what: &str) {
        if !right {
            self.tell(key, value, what);
        }
    }

    fn unless_time(&mut self, key: &str, value: &str) {
        self.unless(time(value).is_some(), key, value, "is no time above zero, such as 5m");
    }

    fn unless_of(&mut self, form: &Form, key: &str, value: &str) {
        self.unless((form.fits)(value), key, value, &format!("is not {}", form.words));
    }

    fn unless_channel(&mut self, key: &str, channel: Option<&String>) {
        if let Some(channel) = channel {
            self.unless_of(&CHANNEL, key, channel);
        }
    }
}

fn notification(severity: &str, notification: &NotificationSettings, wrong: &mut Wrong) {
    let key = |name: &str| format!("{severity}.{name}");
    wrong.unless_of(&WORD, &key("receiver"), &notification.receiver);
    let taken = RESERVED.contains(&notification.receiver.as_str());
    wrong.unless(!taken, &key("receiver"), &notification.receiver, "is a name that the generator uses");
    wrong.unless_channel(&key("slack_channel"), notification.slack_channel.as_ref());
    wrong.unless_time(&key("group_wait"), &notification.group_wait);
    wrong.unless_time(&key("group_interval"), &notification.group_interval);
    wrong.unless_time(&key("repeat_interval"), &notification.repeat_interval);
    wrong.unless(!notification.group_by.is_empty(), &key("group_by"), "[]", "names no label, such as alertname");
    for label in &notification.group_by {
        wrong.unless(is_label(label), &key("group_by"), label, "is no label: it has letters, digits and underscores");
    }
}

fn teams(settings: &AlertmanagerSettings, known: &BTreeSet<String>, wrong: &mut Wrong) {
    for (team, own) in &settings.teams {
        let what = || format!("is the team of no alert; there are {}", listing(known.iter().map(String::as_str)));
        wrong.unless(known.contains(team), &format!("teams.{team}"), team, &what());
        wrong.unless_channel(&format!("teams.{team}.slack_channel"), own.slack_channel.as_ref());
    }
}

fn escalation(settings: &AlertmanagerSettings, wrong: &mut Wrong) {
    let mut before = None;
    let mut names = BTreeSet::new();
    for level in &settings.escalation {
        let key = format!("escalation.{}", level.name);
        wrong.unless_of(&WORD, &key, &level.name);
        wrong.unless(names.insert(&level.name), &key, &level.name, "is there twice");
        wrong.unless_time(&key, &level.after);
        let after = time(&level.after);
        let later = before.is_none() || after.is_none() || after > before;
        wrong.unless(later, &key, &level.after, "is not later than the level before");
        before = after.or(before);
    }
}

fn quiet_hours(hours: &QuietHours, wrong: &mut Wrong) {
    wrong.unless_of(&TIME_OF_DAY, "quiet_hours.start", &hours.start);
    wrong.unless_of(&TIME_OF_DAY, "quiet_hours.end", &hours.end);
    wrong.unless(hours.start != hours.end, "quiet_hours.end", &hours.end, "is when they begin");
    wrong.unless_of(&TIME_ZONE, "quiet_hours.time_zone", &hours.time_zone);
}
