//! Which alerts keep others quiet.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::matchers::{is, one_of};
use super::team::{INFO_INHIBITOR, WATCHDOG, has};
use crate::model::Severity;
use crate::promql::{Checker, Role};
use crate::resolved::ResolvedAlert;
use crate::settings::GeneratorSettings;

/// The label by which Alertmanager knows a service: the job.
const SERVICE: &str = "service";

/// The cause of alerts on collectors that are away.
const COLLECTOR_DOWN: &str = "collector down";

#[derive(Serialize)]
pub(super) struct InhibitRule {
    source_matchers: Vec<String>,
    target_matchers: Vec<String>,
    equal: Vec<String>,
}

/// What is critical over what is less of the same cause, the collector over absences, the info inhibitor over notes.
pub(super) fn inhibit_rules(
    alerts: &[&ResolvedAlert],
    settings: &GeneratorSettings,
    checker: &Checker,
) -> Vec<InhibitRule> {
    let mut rules = of_causes(alerts, settings, checker);
    let absences: BTreeSet<&str> =
        alerts.iter().filter(|alert| alert.alert.of_absence).map(|alert| alert.alert.name()).collect();
    let of_collector = alerts.iter().any(|alert| alert.alert.cause.as_deref() == Some(COLLECTOR_DOWN));
    if of_collector && !absences.is_empty() {
        rules.push(InhibitRule {
            source_matchers: vec![
                is("cause", COLLECTOR_DOWN),
                is("severity", settings.severities.of(Severity::Critical)),
            ],
            target_matchers: vec![one_of("alertname", absences)],
            // A collector is another job than those that it hears nothing of.
            equal: settings.common_labels.clone(),
        });
    }
    if has(alerts, INFO_INHIBITOR) {
        let kept = [INFO_INHIBITOR, WATCHDOG];
        let events = alerts.iter().filter(|alert| alert.alert.of_event).map(|alert| alert.alert.name());
        let others: BTreeSet<&str> = kept.into_iter().chain(events).collect();
        rules.push(InhibitRule {
            source_matchers: vec![is("alertname", INFO_INHIBITOR)],
            target_matchers: vec![
                is("severity", settings.severities.of(Severity::Info)),
                format!("alertname!~\"{}\"", others.into_iter().collect::<Vec<_>>().join("|")),
            ],
            equal: same(settings),
        });
    }
    rules
}

/// One rule for each cause that has both. Alerts are about the same where all labels agree that each of them has.
fn of_causes(alerts: &[&ResolvedAlert], settings: &GeneratorSettings, checker: &Checker) -> Vec<InhibitRule> {
    let mut causes: BTreeMap<&str, Vec<&ResolvedAlert>> = BTreeMap::new();
    for alert in alerts {
        if let Some(cause) = &alert.alert.cause {
            causes.entry(cause).or_default().push(alert);
        }
    }
    let has_both = |alerts: &[&ResolvedAlert]| {
        let is_critical = |alert: &&ResolvedAlert| alert.alert.severity == Severity::Critical;
        alerts.iter().any(is_critical) && !alerts.iter().all(is_critical)
    };
    let causes = causes.into_iter().filter(|(_, alerts)| has_both(alerts));
    causes
        .map(|(cause, alerts)| {
            let labels = alerts.iter().map(|alert| labels(alert, checker));
            let shared = labels.reduce(|one, other| one.intersection(&other).cloned().collect()).unwrap_or_default();
            let mut equal = same(settings);
            equal.extend(shared.into_iter().filter(|label| !equal.contains(label)).collect::<Vec<_>>());
            InhibitRule {
                source_matchers: vec![is("cause", cause), is("severity", settings.severities.of(Severity::Critical))],
                target_matchers: vec![
                    is("cause", cause),
                    one_of(
                        "severity",
                        [Severity::Warning, Severity::Info].map(|lesser| settings.severities.of(lesser)),
                    ),
                ],
                equal,
            }
        })
        .collect()
}

/// The labels that its expression keeps, which has been found sound.
fn labels(alert: &ResolvedAlert, checker: &Checker) -> BTreeSet<String> {
    let sound = checker.check_expression(&alert.expression, Role::Alert);
    sound.map(|sound| sound.labels().map(str::to_owned).collect()).unwrap_or_default()
}

/// What two alerts always have to share.
fn same(settings: &GeneratorSettings) -> Vec<String> {
    std::iter::once(SERVICE.to_owned()).chain(settings.common_labels.iter().cloned()).collect()
}
