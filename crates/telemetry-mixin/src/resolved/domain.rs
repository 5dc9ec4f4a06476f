//! A mixin with the operator's settings filled in: the namespace in every text, thresholds and windows in alerts.

use std::borrow::Cow;

use telemetry_core::{Catalogue, Namespace};

use super::rule::{ResolvedAlert, ResolvedRule, RuleGroup};
use super::{Board, burn, chosen, glance, service, slo, values};
use crate::model::{Alert, AlertTest, Dashboard, Domain, ForeignMetric, Panel, RecordingRule, Runbook, Slo};
use crate::promql::{Expression, in_namespace};
use crate::settings::{AlertSettings, GeneratorSettings, time};

/// A domain as it is checked and rendered.
#[derive(Clone)]
pub(crate) struct Resolved {
    pub(crate) name: String,
    pub(crate) catalogue: Catalogue,
    pub(crate) boards: Vec<Board>,
    pub(crate) rules: Vec<ResolvedRule>,
    pub(crate) alerts: Vec<ResolvedAlert>,
    pub(crate) runbooks: Vec<Runbook>,
    pub(crate) foreign: Vec<ForeignMetric>,
    /// Its objectives, as an operator has set them.
    pub(crate) objectives: Vec<Slo>,
    /// Its metrics that nothing reads, and why not.
    pub(crate) unread: Vec<(String, String)>,
    /// The rule that records how many of its alerts fire.
    pub(crate) firing: Option<String>,
}

impl Resolved {
    pub(crate) fn new(domain: &Domain, settings: &GeneratorSettings) -> Self {
        let namespace = &settings.namespace;
        let mixin = &domain.mixin;
        let objectives: Vec<Slo> = mixin.slos.iter().map(|slo| slo::configured(slo, settings)).collect();
        let mut rules: Vec<ResolvedRule> =
            mixin.rules.iter().map(|declared| rule(declared.clone(), RuleGroup::Own, settings)).collect();
        let mut alerts: Vec<(Alert, &str)> = mixin.alerts.iter().map(|alert| (alert.clone(), alert.name())).collect();
        for objective in &objectives {
            let of_objective = slo::rules(objective, burn::counted(objective));
            rules.extend(of_objective.into_iter().map(|(group, made)| rule(made, group, settings)));
            alerts.extend(burn::alerts(objective).into_iter().map(|alert| (alert, objective.name())));
        }
        let alerts: Vec<ResolvedAlert> = alerts
            .into_iter()
            .map(|(declared, runbook)| {
                let own = settings.alerts.get(&*in_namespace(declared.name(), namespace)).cloned().unwrap_or_default();
                values::divided(&own, |own| {
                    let mut resolved = alert(declared.clone(), runbook, own, settings);
                    chosen::alert(&mut resolved, &mixin.foreign, settings);
                    resolved
                })
            })
            .collect();
        chosen::rules(&mut rules, &mixin.foreign, settings);
        let firing = glance::firing(&domain.name, &alerts, settings);
        Self {
            name: domain.name.clone(),
            catalogue: domain.catalogue,
            boards: mixin.dashboards.iter().map(|declared| Board::new(dashboard(declared, namespace))).collect(),
            firing: firing.as_ref().map(|recorded| recorded.rule.name.clone()),
            rules: rules.into_iter().chain(firing).collect(),
            alerts,
            runbooks: mixin.runbooks().map(|declared| runbook(declared, settings)).collect(),
            foreign: mixin.foreign.clone(),
            objectives,
            unread: mixin.unread.iter().map(|(name, reason)| unread(name, reason, namespace)).collect(),
        }
    }
}

fn unread(name: &str, reason: &str, namespace: &Namespace) -> (String, String) {
    (in_namespace(name, namespace).into_owned(), in_namespace(reason, namespace).into_owned())
}

fn rule(mut rule: RecordingRule, group: RuleGroup, settings: &GeneratorSettings) -> ResolvedRule {
    replace(&mut rule.name, &settings.namespace);
    replace(&mut rule.expression, &settings.namespace);
    if let Some(window) = &mut rule.window {
        follow(window, settings);
        rule.expression = rule.expression.replace("$window", window);
    }
    rule.expression = service::of_services(&rule.expression, settings).text;
    ResolvedRule { expression: Expression::new(&rule.expression), rule, group }
}

fn alert(mut alert: Alert, runbook: &str, own: &AlertSettings, settings: &GeneratorSettings) -> ResolvedAlert {
    let namespace = &settings.namespace;
    replace(&mut alert.runbook.name, namespace);
    let declared = alert.clone();
    override_alert(&mut alert, own);
    if alert.of_absence {
        follow_exports(&mut alert, own, settings);
    }
    let as_declared = alert == declared;
    fill(&mut alert, namespace);
    let of_service = service::tell_apart(&mut alert, settings);
    let runbook = in_namespace(runbook, namespace).into_owned();
    let expression = Expression::new(&alert.expression);
    let (of_value, with_own_threshold) = (None, Vec::new());
    ResolvedAlert { alert, expression, runbook, as_declared, of_service, of_value, with_own_threshold }
}

fn replace(text: &mut String, namespace: &Namespace) {
    if let Cow::Owned(replaced) = in_namespace(text, namespace) {
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
        // Who wants to hear of it sooner than declared wants to hear of its end as soon.
        if let Some(keep) = &mut alert.keep_firing
            && time(hold) < time(keep)
        {
            keep.clone_from(hold);
        }
    }
}

/// Raises what the operator has not set to what four exports take. An interval that is none is told of with the settings.
fn follow_exports(alert: &mut Alert, own: &AlertSettings, settings: &GeneratorSettings) {
    for (own, set) in [(&own.window, &mut alert.window), (&own.hold, &mut alert.hold)] {
        if own.is_none() {
            follow(set, settings);
        }
    }
}

/// Raises a time to what four exports take.
fn follow(set: &mut String, settings: &GeneratorSettings) {
    let Some(exports) = time(&settings.export_interval).map(|interval| 4 * interval.as_secs()) else { return };
    if time(set).is_some_and(|set| set.as_secs() < exports) {
        *set = format!("{exports}s");
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

fn runbook(declared: &Runbook, settings: &GeneratorSettings) -> Runbook {
    let mut runbook = declared.clone();
    replace(&mut runbook.name, &settings.namespace);
    replace(&mut runbook.text, &settings.namespace);
    chosen::runbook(&mut runbook, settings);
    runbook
}
