//! What is wrong with thresholds of single values of a label.

use std::collections::BTreeSet;

use super::check::checker;
use crate::model::Domain;
use crate::promql::{Checker, Finding, Role, listing};
use crate::resolved::{Resolved, ResolvedAlert};
use crate::settings::{AlertSettings, GeneratorSettings};

/// Each mistake in the settings, which are for these domains.
pub(crate) fn value_mistakes(settings: &GeneratorSettings, domains: &[Domain]) -> Vec<Finding> {
    if settings.alerts.values().all(|own| own.for_values.is_empty()) {
        return Vec::new();
    }
    let resolved: Vec<Resolved> = domains.iter().map(|domain| Resolved::new(domain, settings)).collect();
    let checker = checker(settings, &resolved);
    let mut findings = Vec::new();
    for alert in resolved.iter().flat_map(|domain| &domain.alerts) {
        if let Some(own) = settings.alerts.get(alert.alert.name()) {
            findings.extend(of_alert(alert, own, &checker));
        }
    }
    findings
}

fn of_alert(resolved: &ResolvedAlert, own: &AlertSettings, checker: &Checker) -> Vec<Finding> {
    let name = resolved.alert.name();
    let key = format!("alerts.{name}.for_values");
    let about = |key: &str, message: String| Finding::about(format!("setting `{key}`"), message);
    let Some((label, thresholds)) = own.for_values.first_key_value() else { return Vec::new() };
    if own.for_values.len() > 1 {
        let labels = listing(own.for_values.keys().map(String::as_str));
        return vec![about(&key, format!("accepted are the values of one label, and these are of {labels}"))];
    }
    if resolved.of_objective() {
        let message = format!("the alert is made of an objective, which is set by `objectives.{}`", resolved.runbook);
        return vec![about(&key, message)];
    }
    if resolved.alert.threshold.is_none() {
        return vec![about(&key, "the expression has no $threshold that could be set".to_owned())];
    }
    let key = format!("{key}.{label}");
    if resolved.with_own_threshold.is_empty() {
        let sound = checker.check_expression(&resolved.expression, Role::Alert);
        let kept = sound.map(|sound| listing(sound.labels())).unwrap_or_default();
        return vec![about(&key, format!("the alert keeps no label `{label}`; it keeps {kept}"))];
    }
    let mut findings = Vec::new();
    if thresholds.contains_key("") {
        findings.push(about(&format!("{key}."), "a value is a text that is not empty".to_owned()));
    }
    for rule in &resolved.with_own_threshold {
        let Some((_, value)) = &rule.of_value else { continue };
        let problems = checker.check_expression(&rule.expression, Role::Alert).err().unwrap_or_default();
        let told: BTreeSet<String> = problems
            .into_iter()
            .map(|problem| {
                let help = problem.help.map(|help| format!("; {help}")).unwrap_or_default();
                format!("{}{help}", problem.message)
            })
            .collect();
        findings.extend(told.into_iter().map(|message| about(&format!("{key}.{value}"), message)));
    }
    findings
}
