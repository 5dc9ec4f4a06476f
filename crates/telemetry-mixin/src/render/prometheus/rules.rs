//! A domain's recording and alert rules as Prometheus reads them.

use super::file::{Group, Rule, RuleFile, yaml};
use crate::files::NOTICE;
use crate::resolved::{Resolved, ResolvedAlert, ResolvedRule};
use crate::settings::GeneratorSettings;

/// A domain's rules: what is recorded, then the alerts, which read it. `None` for a domain that has neither.
pub(crate) fn rule_file(domain: &Resolved, settings: &GeneratorSettings) -> Option<String> {
    let group = |suffix: &str, rules: Vec<Rule>| {
        (!rules.is_empty()).then(|| Group {
            name: format!("{}-{}.{suffix}", settings.namespace, domain.name),
            interval: Some(settings.rule_interval.clone()),
            rules,
        })
    };
    let recorded = group("rules", domain.rules.iter().map(recording).collect());
    let alerts = group("alerts", domain.alerts.iter().map(|alert| alerting(alert, settings)).collect());
    let groups: Vec<Group> = recorded.into_iter().chain(alerts).collect();
    (!groups.is_empty()).then(|| yaml(NOTICE, &RuleFile { groups }))
}

fn recording(ResolvedRule { rule, .. }: &ResolvedRule) -> Rule {
    Rule {
        record: Some(rule.name.clone()),
        expr: rule.expression.clone(),
        labels: rule.labels.iter().cloned().collect(),
        ..Rule::default()
    }
}

pub(super) fn alerting(resolved: &ResolvedAlert, settings: &GeneratorSettings) -> Rule {
    let alert = &resolved.alert;
    let mut labels = vec![("severity", alert.severity.as_str()), ("team", alert.team.as_str())];
    labels.extend(alert.cause.as_deref().map(|cause| ("cause", cause)));
    labels.extend(resolved.of_service.then_some(("service", "{{ $labels.job }}")));
    let dashboard = settings.dashboard_url(&alert.dashboard);
    let runbook = settings.runbook_url(&resolved.runbook);
    let value = value_template(&alert.description);
    let annotations = [
        ("summary", alert.summary.as_str()),
        ("description", alert.description.as_str()),
        ("runbook_url", runbook.as_str()),
        ("dashboard_url", dashboard.as_str()),
    ];
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    Rule {
        alert: Some(alert.name().to_owned()),
        expr: alert.expression.clone(),
        hold: Some(alert.hold.clone()),
        keep_firing_for: alert.keep_firing.clone(),
        labels: labels.into_iter().map(owned).collect(),
        annotations: annotations.into_iter().chain(value.map(|value| ("value", value))).map(owned).collect(),
        ..Rule::default()
    }
}

/// The value as the description shows it, if it does: messages show it by itself.
fn value_template(description: &str) -> Option<&str> {
    let begins = description
        .match_indices("{{")
        .find(|(at, _)| description[*at..].trim_start_matches('{').trim_start().starts_with("$value"));
    let (begin, _) = begins?;
    let end = description[begin..].find("}}")?;
    Some(&description[begin..begin + end + 2])
}
