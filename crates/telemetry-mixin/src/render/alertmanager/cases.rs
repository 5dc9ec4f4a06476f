//! Which receivers an alert comes to, case by case, for `amtool config routes test`.

use std::fmt::Write as _;

use super::team::{INFO_INHIBITOR, NONE, Team, WATCHDOG, has, told_of};
use crate::files::NOTICE;
use crate::model::Severity;
use crate::resolved::ResolvedAlert;
use crate::settings::GeneratorSettings;

const FORM: &str = "\
# One case a line: the labels of an alert, an arrow, and its receivers in the order of the routes. `cargo xtask
# check-bundle` has amtool try each. amtool knows no hours: that quiet hours mute all but what is critical is a test of
# the generator's.
";

/// One line for each severity and team, and for each alert that has a way of its own.
pub(super) fn cases(alerts: &[&ResolvedAlert], teams: &[Team], settings: &GeneratorSettings) -> String {
    let mut cases = Cases(format!("# {NOTICE}\n{FORM}"));
    let (own, words) = (&settings.alertmanager, &settings.severities);
    let mut names: Vec<&str> = alerts.iter().map(|alert| alert.alert.team.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    for severity in Severity::ALL {
        let (told, teams) = (own.of(severity), told_of(severity, teams));
        for name in &names {
            let team = teams.iter().find(|team| team.name == *name).map(Team::receiver);
            let receivers: Vec<&str> = team.as_deref().into_iter().chain([told.receiver.as_str()]).collect();
            cases.add(&[("severity", words.of(severity)), ("team", name)], &receivers);
        }
        cases.add(&[("severity", words.of(severity))], &[&told.receiver]);
    }
    for level in &own.escalation {
        let labels = [("severity", words.of(Severity::Critical)), ("escalation", level.name.as_str())];
        let receiver = format!("escalation-{}", level.name);
        for name in &names {
            cases.add(&[labels[0], labels[1], ("team", name)], &[&receiver]);
        }
    }
    for (alert, receiver) in [(WATCHDOG, "watchdog"), (INFO_INHIBITOR, NONE)] {
        if has(alerts, alert) {
            cases.add(&[("alertname", alert), ("severity", words.of(Severity::Info))], &[receiver]);
        }
    }
    cases.add(&[("alertname", "WithoutSeverity")], &[&own.warning.receiver]);
    cases.0
}

struct Cases(String);

impl Cases {
    fn add(&mut self, labels: &[(&str, &str)], receivers: &[&str]) {
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        writeln!(self.0, "{} -> {}", labels.join(" "), receivers.join(" ")).expect("writing into a string never fails");
    }
}
