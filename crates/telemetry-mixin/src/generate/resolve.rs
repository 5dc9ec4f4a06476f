//! A mixin with the operator's settings filled in: the namespace in every text, thresholds and windows in alerts.

use promql_parser::util::parse_duration;
use telemetry_core::{Catalogue, Namespace};

use super::slo;
use super::{AlertSettings, GeneratorSettings};
use crate::model::{Alert, AlertTest, Dashboard, Domain, ForeignMetric, Panel, RecordingRule, Runbook};
use crate::promql::{Finding, Problem, in_namespace, listing, nearest};

pub(crate) struct Resolved {
    pub(crate) name: String,
    pub(crate) catalogue: Catalogue,
    pub(crate) dashboards: Vec<Dashboard>,
    pub(crate) rules: Vec<RecordingRule>,
    pub(crate) alerts: Vec<ResolvedAlert>,
    pub(crate) runbooks: Vec<Runbook>,
    pub(crate) foreign: Vec<ForeignMetric>,
}

pub(crate) struct ResolvedAlert {
    pub(crate) alert: Alert,
    /// The runbook's name: the alert's own, or that of the objective.
    pub(crate) runbook: String,
    /// Whether no setting has changed when it fires.
    pub(crate) as_declared: bool,
}

pub(super) fn domain(domain: &Domain, settings: &GeneratorSettings) -> Resolved {
    let namespace = &settings.namespace;
    let mixin = &domain.mixin;
    let mut rules: Vec<RecordingRule> = mixin.rules.clone();
    let mut alerts: Vec<ResolvedAlert> = mixin
        .alerts
        .iter()
        .map(|alert| ResolvedAlert { runbook: alert.name().to_owned(), alert: alert.clone(), as_declared: true })
        .collect();
    for objective in &mixin.slos {
        rules.extend(slo::rules(objective));
        alerts.extend(slo::alerts(objective).into_iter().map(|alert| ResolvedAlert {
            runbook: objective.name().to_owned(),
            alert,
            as_declared: true,
        }));
    }
    for resolved in &mut alerts {
        replace(&mut resolved.alert.runbook.name, namespace);
        replace(&mut resolved.runbook, namespace);
        let own = settings.alerts.get(resolved.alert.name()).cloned().unwrap_or_default();
        let declared = resolved.alert.clone();
        override_alert(&mut resolved.alert, &own);
        if resolved.alert.of_absence {
            follow_exports(&mut resolved.alert, &own, settings);
        }
        resolved.as_declared = resolved.alert == declared;
        fill(&mut resolved.alert, namespace);
    }
    for rule in &mut rules {
        replace(&mut rule.name, namespace);
        replace(&mut rule.expression, namespace);
    }
    Resolved {
        name: domain.name.clone(),
        catalogue: domain.catalogue,
        dashboards: mixin.dashboards.iter().map(|board| dashboard(board, namespace)).collect(),
        rules,
        alerts,
        runbooks: mixin.runbooks().map(|page| runbook(page, namespace)).collect(),
        foreign: mixin.foreign.clone(),
    }
}

fn replace(text: &mut String, namespace: &Namespace) {
    if let std::borrow::Cow::Owned(replaced) = in_namespace(text, namespace) {
        *text = replaced;
    }
}

fn override_alert(alert: &mut Alert, own: &AlertSettings) {
    alert.threshold = own.threshold.or(alert.threshold);
    if let Some(window) = &own.window {
        alert.window.clone_from(window);
    }
    if let Some(hold) = &own.hold {
        alert.hold.clone_from(hold);
    }
}

/// Raises what the operator has not set to what four exports take.
fn follow_exports(alert: &mut Alert, own: &AlertSettings, settings: &GeneratorSettings) {
    let seconds = |text: &str| parse_duration(text).ok().map(|duration| duration.as_secs());
    let Some(exports) = seconds(&settings.export_interval).map(|interval| 4 * interval) else { return };
    for (own, time) in [(&own.window, &mut alert.window), (&own.hold, &mut alert.hold)] {
        if own.is_none() && seconds(time).is_some_and(|time| time < exports) {
            *time = format!("{exports}s");
        }
    }
}

/// Puts threshold, window and namespace into the texts.
fn fill(alert: &mut Alert, namespace: &Namespace) {
    let threshold = alert.threshold.map(|threshold| threshold.to_string());
    let window = alert.window.clone();
    for text in [&mut alert.expression, &mut alert.summary, &mut alert.description] {
        if let Some(threshold) = &threshold {
            *text = text.replace("$threshold", threshold);
        }
        *text = text.replace("$window", &window);
        replace(text, namespace);
    }
    for AlertTest { input, .. } in &mut alert.tests {
        input.iter_mut().for_each(|(series, _)| replace(series, namespace));
    }
}

fn dashboard(declared: &Dashboard, namespace: &Namespace) -> Dashboard {
    let mut dashboard = declared.clone();
    replace(&mut dashboard.description, namespace);
    dashboard.variables.iter_mut().for_each(|variable| replace(&mut variable.series, namespace));
    for Panel { description, queries, alerts, .. } in dashboard.rows.iter_mut().flat_map(|row| &mut row.panels) {
        replace(description, namespace);
        alerts.iter_mut().for_each(|alert| replace(alert, namespace));
        queries.iter_mut().for_each(|query| replace(&mut query.expression, namespace));
    }
    dashboard
}

fn runbook(declared: &Runbook, namespace: &Namespace) -> Runbook {
    let mut runbook = declared.clone();
    replace(&mut runbook.name, namespace);
    replace(&mut runbook.text, namespace);
    runbook
}

/// Settings that name a domain or an alert that there is not.
pub(super) fn unknown_settings(settings: &GeneratorSettings, domains: &[Domain]) -> Vec<Finding> {
    let short: Vec<&str> = domains.iter().map(|domain| domain.name.as_str()).collect();
    let names: Vec<&str> = domains.iter().flat_map(|domain| [&domain.name, domain.catalogue.crate_name()]).collect();
    let mut alerts: Vec<String> = Vec::new();
    for mixin in domains.iter().map(|domain| &domain.mixin) {
        alerts.extend(mixin.alerts.iter().map(|alert| alert.name().to_owned()));
        alerts.extend(mixin.slos.iter().flat_map(slo::alerts).map(|alert| alert.runbook.name));
    }
    alerts.iter_mut().for_each(|name| replace(name, &settings.namespace));
    let alerts: Vec<&str> = alerts.iter().map(String::as_str).collect();
    let unknown_domains = settings.domains.iter().filter(|wanted| !names.contains(&wanted.as_str()));
    let mut findings: Vec<Finding> =
        unknown_domains.map(|wanted| unknown("domains", "domain", wanted, meant(wanted, &names, &short))).collect();
    let unknown_alerts = settings.alerts.keys().filter(|name| !alerts.contains(&name.as_str()));
    findings.extend(unknown_alerts.map(|name| unknown("alerts", "alert", name, meant(name, &alerts, &alerts))));
    for alert in domains.iter().flat_map(|domain| &domain.mixin.alerts) {
        let name = in_namespace(alert.name(), &settings.namespace);
        let Some(own) = settings.alerts.get(&*name) else { continue };
        for (set, variable) in [(own.threshold.is_some(), "$threshold"), (own.window.is_some(), "$window")] {
            if set && !alert.expression.contains(variable) {
                let message = format!("the expression has no {variable} that could be set");
                findings.push(Finding::about(format!("setting `alerts.{name}`"), message));
            }
        }
    }
    findings
}

/// The name that is spelled most like it, else all that there are.
fn meant(name: &str, known: &[&str], listed: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are {}", listing(listed.iter().copied())),
    }
}

fn unknown(setting: &str, what: &str, name: &str, help: String) -> Finding {
    let problem = Problem::new(format!("there is no {what} `{name}`"), 0..0).help(help);
    Finding { place: format!("setting `{setting}`"), expression: String::new(), problem }
}
