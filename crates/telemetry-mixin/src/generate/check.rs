//! Every expression of every domain, against all that is declared.

use std::collections::BTreeMap;

use telemetry_core::Catalogue;

use super::{GeneratorSettings, Resolved, ResolvedAlert};
use super::{lint, merge};
use crate::model::{Dashboard, Panel, Query};
use crate::promql::{Checker, Finding, Problem, Role, Sound, listing, parse, with_matchers};

pub(super) fn all(settings: &GeneratorSettings, domains: &[Resolved]) -> Vec<Finding> {
    let checker = checker(settings, domains);
    let dashboards = merge::dashboards(domains);
    let mut findings = lint::across(settings, domains, &dashboards);
    for domain in domains {
        for rule in &domain.rules {
            let place = format!("recording rule `{}`", rule.name);
            findings.extend(lint::rule(rule, &place));
            sound(&checker, &rule.expression, Role::Recording, &place, &mut findings);
        }
        for merged in dashboards.iter().filter(|merged| merged.domains[0] == domain.name) {
            dashboard_of(&checker, &merged.dashboard, &mut findings);
        }
        for alert in &domain.alerts {
            alert_of(&checker, alert, &mut findings);
        }
        for runbook in &domain.runbooks {
            let place = format!("runbook `{}`", runbook.name);
            findings.extend(lint::runbook(runbook, &place));
            for snippet in lint::snippets(&runbook.text) {
                sound(&checker, snippet, Role::Panel, &place, &mut findings);
            }
        }
    }
    findings
}

pub(super) fn checker(settings: &GeneratorSettings, domains: &[Resolved]) -> Checker {
    let catalogues: Vec<Catalogue> = domains.iter().map(|domain| domain.catalogue).collect();
    let mut checker = Checker::new(&catalogues, &settings.namespace);
    settings.common_labels.iter().for_each(|label| checker.add_common_label(label));
    domains.iter().flat_map(|domain| &domain.foreign).for_each(|metric| checker.add_foreign(metric));
    for rule in domains.iter().flat_map(|domain| &domain.rules) {
        let labels: Vec<String> = rule.labels.iter().map(|(name, _)| name.clone()).collect();
        checker.add_recording_rule(&rule.name, &rule.expression, &labels);
    }
    checker
}

fn sound(checker: &Checker, text: &str, role: Role, place: &str, findings: &mut Vec<Finding>) -> Option<Sound> {
    match checker.check(text, role) {
        Ok(sound) => Some(sound),
        Err(problems) => {
            findings.extend(problems.into_iter().map(|problem| Finding {
                place: place.to_owned(),
                expression: text.to_owned(),
                problem,
            }));
            None
        }
    }
}

fn dashboard_of(checker: &Checker, dashboard: &Dashboard, findings: &mut Vec<Finding>) {
    findings.extend(lint::dashboard(dashboard));
    for variable in &dashboard.variables {
        let place = format!("variable `{}` of dashboard \"{}\"", variable.name, dashboard.title);
        findings.extend(checker.check_listing(&variable.series, &variable.values_of, &place));
    }
    for panel in dashboard.panels() {
        let place = format!("panel \"{}\" of dashboard \"{}\"", panel.title, dashboard.title);
        findings.extend(lint::panel(panel, &place));
        for query in &panel.queries {
            query_of(checker, panel, query, &place, findings);
        }
    }
}

fn query_of(checker: &Checker, panel: &Panel, query: &Query, place: &str, findings: &mut Vec<Finding>) {
    let finding = |problem| Finding { place: place.to_owned(), expression: query.expression.clone(), problem };
    let Some(sound) = sound(checker, &query.expression, Role::Panel, place, findings) else { return };
    for label in lint::templated_labels(&query.legend, "") {
        if !sound.keeps(label) {
            let problem =
                Problem::new(format!("the legend shows `{label}`, which the query does not keep"), whole(query));
            findings.push(finding(problem.help(format!("it keeps {}", listing(sound.labels())))));
        }
    }
    if panel.queries.len() > 1 && query.legend.is_empty() {
        findings.push(finding(Problem::new("one of several queries has no legend", whole(query))));
    }
    if let Ok(parsed) = parse(&query.expression) {
        if let Err(span) = with_matchers(&query.expression, &parsed, &[("job", "$job")]) {
            findings.push(finding(Problem::new("matchers joined by `or` cannot be narrowed to a job", span)));
        }
        for (name, span, label) in checker.without_target(&parsed) {
            let message =
                format!("rule `{name}` has dropped `{label}`, so the dashboard's {label} would select nothing");
            findings
                .push(finding(Problem::new(message, span).help("keep `job` and `instance` in rules that panels read")));
        }
    }
}

fn whole(query: &Query) -> std::ops::Range<usize> {
    0..query.expression.len()
}

fn alert_of(checker: &Checker, resolved: &ResolvedAlert, findings: &mut Vec<Finding>) {
    let alert = &resolved.alert;
    let place = format!("alert `{}`", alert.name());
    findings.extend(lint::alert(alert, &place));
    let kept = sound(checker, &alert.expression, Role::Alert, &place, findings);
    if let Some(kept) = &kept {
        for label in lint::templated_labels(&alert.description, "$labels.") {
            if !kept.keeps(label) {
                let message = format!("the description shows `{label}`, which the expression does not keep");
                let problem = Problem::new(message, 0..alert.expression.len());
                let help = format!("it keeps {}", listing(kept.labels()));
                findings.push(Finding {
                    place: place.clone(),
                    expression: alert.expression.clone(),
                    problem: problem.help(help),
                });
            }
        }
    }
    let mut seen: BTreeMap<&str, ()> = BTreeMap::new();
    for test in &alert.tests {
        let place = format!("test \"{}\" of {place}", test.name);
        if seen.insert(&test.name, ()).is_some() {
            findings.push(Finding::about(place.clone(), "another test has the same name"));
        }
        for (series, _) in &test.input {
            if let Err(problems) = checker.check_series(series) {
                let expression = series.clone();
                findings.extend(problems.into_iter().map(|problem| Finding {
                    place: place.clone(),
                    expression: expression.clone(),
                    problem,
                }));
            }
        }
        for (label, _) in test.expected.iter().flat_map(|expected| &expected.labels) {
            if kept.as_ref().is_some_and(|kept| !kept.keeps(label)) {
                findings
                    .push(Finding::about(place.clone(), format!("it expects `{label}`, which the expression drops")));
            }
        }
    }
}
