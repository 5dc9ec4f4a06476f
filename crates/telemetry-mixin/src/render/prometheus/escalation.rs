//! Copies of critical alerts that fire later, for those who are told when nobody has acted.

use std::time::Duration;

use super::file::{Rule, RuleFile, yaml};
use super::rules::{alerting, groups};
use crate::files::NOTICE;
use crate::model::Severity;
use crate::notify::EscalationLevel;
use crate::resolved::{Resolved, ResolvedAlert};
use crate::settings::{GeneratorSettings, time};

/// The label that copies have and originals lack.
const ESCALATION: &str = "escalation";

/// For each critical alert of a domain one copy a level, which differs in its label and in how long it has to hold.
/// `None` for a domain without any.
pub(crate) fn escalation_file(domain: &Resolved, settings: &GeneratorSettings) -> Option<String> {
    let critical = domain.alerts.iter().filter(|resolved| resolved.alert.severity == Severity::Critical);
    let originals: Vec<Rule> = critical.flat_map(ResolvedAlert::rules).map(|rule| alerting(rule, settings)).collect();
    let copies = |level| originals.iter().filter_map(|rule| copy(rule, level)).collect::<Vec<_>>();
    let rules: Vec<Rule> = settings.alertmanager.escalation.iter().flat_map(copies).collect();
    let groups = groups("escalation", rules, &settings.rule_interval, domain, settings);
    (!groups.is_empty()).then(|| yaml(NOTICE, &RuleFile { groups }))
}

/// What is no time has been told of with the alert or the settings.
fn copy(rule: &Rule, level: &EscalationLevel) -> Option<Rule> {
    let hold = time(rule.hold.as_deref()?)? + time(&level.after)?;
    let mut copy = Rule { hold: Some(written(hold)), ..rule.clone() };
    copy.labels.insert(ESCALATION.to_owned(), level.name.clone());
    Some(copy)
}

fn written(time: Duration) -> String {
    match time.as_secs() {
        seconds if time.subsec_millis() > 0 => {
            format!("{}ms", u128::from(seconds) * 1000 + u128::from(time.subsec_millis()))
        }
        seconds if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}
