//! Teams that are told of their own alerts, and the alerts whose names routes and inhibitions know.

use std::collections::BTreeMap;

use crate::model::Severity;
use crate::notify::TeamSettings;
use crate::resolved::ResolvedAlert;
use crate::settings::GeneratorSettings;

/// The alert that always fires.
pub(super) const WATCHDOG: &str = "Watchdog";

/// The alert that fires where notes are all that fires.
pub(super) const INFO_INHIBITOR: &str = "InfoInhibitor";

/// The receiver that is told nothing.
pub(super) const NONE: &str = "none";

/// A team with a receiver of its own.
pub(super) struct Team {
    pub(super) name: String,
    pub(super) told: TeamSettings,
}

impl Team {
    pub(super) fn receiver(&self) -> String {
        format!("team-{}", self.name)
    }
}

/// The teams of these alerts, as far as they are told anything.
pub(super) fn teams(alerts: &[&ResolvedAlert], settings: &GeneratorSettings) -> Vec<Team> {
    let mut teams: BTreeMap<&str, TeamSettings> = BTreeMap::new();
    for alert in alerts {
        let own = settings.alertmanager.teams.get(&alert.alert.team);
        teams.insert(&alert.alert.team, own.cloned().unwrap_or_default());
    }
    let told = teams.into_iter().filter(|(_, told)| told.webhook || told.slack_channel.is_some());
    told.map(|(name, told)| Team { name: name.to_owned(), told }).collect()
}

/// Those of them that are told of alerts of that severity beside those who are told of all.
pub(super) fn told_of(severity: Severity, teams: &[Team]) -> &[Team] {
    if severity > Severity::Info { teams } else { &[] }
}

/// Whether there is an alert of that name.
pub(super) fn has(alerts: &[&ResolvedAlert], name: &str) -> bool {
    alerts.iter().any(|alert| alert.alert.name() == name)
}
