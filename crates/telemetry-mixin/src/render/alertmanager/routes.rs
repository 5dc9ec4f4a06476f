//! The tree of routes: the watchdog, escalations, severities, and below those the teams.

use serde::Serialize;

use super::hours::QUIET;
use super::matchers::is;
use super::team::{INFO_INHIBITOR, NONE, Team, WATCHDOG, has, told_of};
use crate::model::Severity;
use crate::notify::NotificationSettings;
use crate::resolved::ResolvedAlert;
use crate::settings::{GeneratorSettings, SeverityWords};

#[derive(Serialize, Default)]
pub(super) struct Route {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matchers: Vec<String>,
    receiver: String,
    #[serde(rename = "continue", skip_serializing_if = "std::ops::Not::not")]
    goes_on: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    group_by: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_wait: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_interval: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat_interval: Option<String>,
    /// A child does not inherit it, so that each route has its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mute_time_intervals: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    routes: Vec<Self>,
}

/// The root takes nothing itself: it could not be muted. What nothing else takes is told like a warning.
pub(super) fn routes(alerts: &[&ResolvedAlert], teams: &[Team], settings: &GeneratorSettings) -> Route {
    let (words, settings) = (&settings.severities, &settings.alertmanager);
    let mut routes = Vec::new();
    if has(alerts, WATCHDOG) {
        routes.push(watchdog());
    }
    if has(alerts, INFO_INHIBITOR) {
        routes.push(Route {
            matchers: vec![is("alertname", INFO_INHIBITOR)],
            receiver: NONE.to_owned(),
            ..Route::default()
        });
    }
    // Who comes last in an escalation is asked first: a copy is for its level alone.
    for level in &settings.escalation {
        routes.push(Route {
            matchers: vec![is("escalation", &level.name)],
            receiver: format!("escalation-{}", level.name),
            // The time has passed already.
            group_wait: Some("1s".to_owned()),
            ..timed(&settings.critical)
        });
    }
    let quiet = settings.quiet_hours.is_some();
    routes.extend(Severity::ALL.map(|severity| {
        let is_muted = quiet && severity != Severity::Critical;
        of_severity(words, severity, settings.of(severity), told_of(severity, teams), is_muted)
    }));
    routes.push(Route {
        receiver: settings.warning.receiver.clone(),
        mute_time_intervals: muted(quiet),
        ..Route::default()
    });
    Route { receiver: settings.warning.receiver.clone(), routes, ..timed(&settings.warning) }
}

/// Tells that alerts arrive at all, so often that its silence is noticed.
fn watchdog() -> Route {
    Route {
        matchers: vec![is("alertname", WATCHDOG)],
        receiver: "watchdog".to_owned(),
        group_by: vec!["alertname".to_owned()],
        group_wait: Some("1s".to_owned()),
        group_interval: Some("1m".to_owned()),
        repeat_interval: Some("5m".to_owned()),
        ..Route::default()
    }
}

/// Its team is told, and those who are told of all: the last child takes what teams have taken, too.
fn of_severity(
    words: &SeverityWords,
    severity: Severity,
    told: &NotificationSettings,
    teams: &[Team],
    quiet: bool,
) -> Route {
    let child = |matchers: Vec<String>, receiver: String, goes_on: bool| Route {
        matchers,
        receiver,
        goes_on,
        mute_time_intervals: muted(quiet),
        ..Route::default()
    };
    let mut routes: Vec<Route> =
        teams.iter().map(|team| child(vec![is("team", &team.name)], team.receiver(), true)).collect();
    if !routes.is_empty() {
        routes.push(child(Vec::new(), told.receiver.clone(), false));
    }
    Route {
        matchers: vec![is("severity", words.of(severity))],
        receiver: told.receiver.clone(),
        mute_time_intervals: muted(quiet),
        routes,
        ..timed(told)
    }
}

fn timed(told: &NotificationSettings) -> Route {
    Route {
        group_by: told.group_by.clone(),
        group_wait: Some(told.group_wait.clone()),
        group_interval: Some(told.group_interval.clone()),
        repeat_interval: Some(told.repeat_interval.clone()),
        ..Route::default()
    }
}

fn muted(quiet: bool) -> Vec<String> {
    if quiet { vec![QUIET.to_owned()] } else { Vec::new() }
}
