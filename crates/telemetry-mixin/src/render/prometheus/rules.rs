//! A domain's recording and alert rules as Prometheus reads them.

use super::file::{Group, Rule, RuleFile, yaml};
use crate::files::NOTICE;
use crate::render::dashboard_url::dashboard_url;
use crate::resolved::{Resolved, ResolvedAlert, ResolvedRule, RuleGroup};
use crate::settings::{GeneratorSettings, time};

/// A domain's rules: what is recorded, then the alerts, which read it. `None` for a domain that has neither. What is made of
/// objectives is in a file of its own.
pub(crate) fn rule_file(domain: &Resolved, settings: &GeneratorSettings) -> Option<String> {
    written(NOTICE, own(domain, settings))
}

/// The recordings of a domain's objectives and the alerts on them; `None` for a domain that has none.
pub(crate) fn objectives_file(domain: &Resolved, settings: &GeneratorSettings) -> Option<String> {
    let notice = format!("{NOTICE}\n# The error budget is that of 30 days: {}", settings.backend.retention());
    written(&notice, of_objectives(domain, settings))
}

/// In the order in which they have to be evaluated.
pub(super) fn own(domain: &Resolved, settings: &GeneratorSettings) -> Vec<Group> {
    let alerts = domain.alerts.iter().filter(|alert| !alert.of_objective());
    [
        groups("rules", recorded(domain, RuleGroup::Own), &settings.rule_interval, domain, settings),
        groups("alerts", alerting_all(alerts, settings), &settings.rule_interval, domain, settings),
    ]
    .concat()
}

/// In the order in which they have to be evaluated.
pub(super) fn of_objectives(domain: &Resolved, settings: &GeneratorSettings) -> Vec<Group> {
    let usual = settings.rule_interval.as_str();
    let is_longer = time(usual) > time(MONTHS_INTERVAL);
    let seldom = if is_longer { usual } else { MONTHS_INTERVAL };
    let alerts = domain.alerts.iter().filter(|alert| alert.of_objective());
    [
        groups("objectives", recorded(domain, RuleGroup::Objectives), usual, domain, settings),
        groups("objectives-months", recorded(domain, RuleGroup::Months), seldom, domain, settings),
        groups("objectives-alerts", alerting_all(alerts, settings), usual, domain, settings),
    ]
    .concat()
}

/// How often months are looked at: more seldom than the rest, and often enough that no sample is too old to be read.
const MONTHS_INTERVAL: &str = "2m";

/// The rules as one group, or as several where the back end takes no more in one: the second is `<name>-2`. What reads what
/// another group records reads it at the same time or at the next.
pub(super) fn groups(
    suffix: &str,
    rules: Vec<Rule>,
    interval: &str,
    domain: &Resolved,
    settings: &GeneratorSettings,
) -> Vec<Group> {
    let name = format!("{}-{}.{suffix}", settings.namespace, domain.name);
    let part = |(at, rules): (usize, &[Rule])| Group {
        name: if at == 0 { name.clone() } else { format!("{name}-{}", at + 1) },
        interval: Some(interval.to_owned()),
        rules: rules.to_vec(),
    };
    rules.chunks(settings.backend.most_rules()).enumerate().map(part).collect()
}

fn written(notice: &str, groups: Vec<Group>) -> Option<String> {
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
    let mut labels = vec![("severity", settings.severities.of(alert.severity)), ("team", alert.team.as_str())];
    labels.extend(alert.cause.as_deref().map(|cause| ("cause", cause)));
    // Its series have it anyway; as a label of the rule it tells rules of one name apart.
    labels.extend(resolved.of_value.as_ref().map(|(label, value)| (label.as_str(), value.as_str())));
    // What is about no service, as the watchdog is, is about the whole.
    let service = if resolved.of_service {
        format!("{{{{ $labels.{} }}}}", settings.job())
    } else {
        settings.namespace.to_string()
    };
    labels.push(("service", &service));
    let dashboard = dashboard_url(&alert.dashboard, settings);
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
