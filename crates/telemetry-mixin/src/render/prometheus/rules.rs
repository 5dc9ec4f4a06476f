//! A domain's recording and alert rules as Prometheus reads them.

use super::file::{Group, Rule, RuleFile, yaml};
use crate::files::NOTICE;
use crate::resolved::{Resolved, ResolvedAlert, ResolvedRule, RuleGroup};
use crate::settings::{GeneratorSettings, time};

/// A domain's rules: what is recorded, then the alerts, which read it. `None` for a domain that has neither. What is made of
/// objectives is in a file of its own.
pub(crate) fn rule_file(domain: &Resolved, settings: &GeneratorSettings) -> Option<String> {
    let alerts = domain.alerts.iter().filter(|alert| !alert.of_objective());
    let groups = [
        group("rules", recorded(domain, RuleGroup::Own), &settings.rule_interval, domain, settings),
        group("alerts", alerting_all(alerts, settings), &settings.rule_interval, domain, settings),
    ];
    written(NOTICE, groups)
}

/// The recordings of a domain's objectives and the alerts on them; `None` for a domain that has none.
pub(crate) fn objectives_file(domain: &Resolved, settings: &GeneratorSettings) -> Option<String> {
    let usual = settings.rule_interval.as_str();
    let is_longer = time(usual) > time(MONTHS_INTERVAL);
    let seldom = if is_longer { usual } else { MONTHS_INTERVAL };
    let alerts = domain.alerts.iter().filter(|alert| alert.of_objective());
    let groups = [
        group("objectives", recorded(domain, RuleGroup::Objectives), usual, domain, settings),
        group("objectives-months", recorded(domain, RuleGroup::Months), seldom, domain, settings),
        group("objectives-alerts", alerting_all(alerts, settings), usual, domain, settings),
    ];
    written(&format!("{NOTICE}\n# {RETENTION}"), groups)
}

/// How often months are looked at: more seldom than the rest, and often enough that no sample is too old to be read.
const MONTHS_INTERVAL: &str = "2m";

const RETENTION: &str = "The error budget is that of 30 days: let Prometheus keep 31 (`--storage.tsdb.retention.time=31d`), its default is 15.";

fn group(
    suffix: &str,
    rules: Vec<Rule>,
    interval: &str,
    domain: &Resolved,
    settings: &GeneratorSettings,
) -> Option<Group> {
    (!rules.is_empty()).then(|| Group {
        name: format!("{}-{}.{suffix}", settings.namespace, domain.name),
        interval: Some(interval.to_owned()),
        rules,
    })
}

fn written(notice: &str, groups: impl IntoIterator<Item = Option<Group>>) -> Option<String> {
    let groups: Vec<Group> = groups.into_iter().flatten().collect();
    (!groups.is_empty()).then(|| yaml(notice, &RuleFile { groups }))
}

fn recorded(domain: &Resolved, group: RuleGroup) -> Vec<Rule> {
    domain.rules.iter().filter(|resolved| resolved.group == group).map(recording).collect()
}

fn alerting_all<'a>(alerts: impl Iterator<Item = &'a ResolvedAlert>, settings: &GeneratorSettings) -> Vec<Rule> {
    alerts.flat_map(ResolvedAlert::rules).map(|alert| alerting(alert, settings)).collect()
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
    // Its series have it anyway; as a label of the rule it tells rules of one name apart.
    labels.extend(resolved.of_value.as_ref().map(|(label, value)| (label.as_str(), value.as_str())));
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
