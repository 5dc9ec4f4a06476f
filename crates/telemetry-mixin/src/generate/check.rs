//! Every expression of every domain, against all that is declared.

use std::collections::BTreeMap;

use telemetry_core::{CATALOGUE, Catalogue};

use super::lint;
use crate::model::Viz;
use crate::promql::{Checker, Expression, Finding, Problem, Role, Sound, listing};
use crate::resolved::{Board, Resolved, ResolvedAlert, Target, merged};
use crate::settings::{GeneratorSettings, Histograms};

pub(super) fn all(settings: &GeneratorSettings, domains: &[Resolved]) -> Vec<Finding> {
    let checker = checker(settings, domains);
    let merged = merged(domains);
    let mut findings = lint::across(settings, domains, &merged);
    for domain in domains {
        for resolved in &domain.rules {
            let place = format!("recording rule `{}`", resolved.rule.name);
            findings.extend(lint::rule(&resolved.rule, &place));
            sound(&checker, &resolved.expression, Role::Recording, &place, &mut findings);
        }
        for part in merged.iter().filter(|part| part.domains[0] == domain.name) {
            board(&checker, &part.board, &mut findings);
        }
        findings.extend(domain.objectives.iter().flat_map(lint::objective));
        for alert in &domain.alerts {
            alert_of(&checker, alert, &mut findings);
        }
        for runbook in &domain.runbooks {
            let place = format!("runbook `{}`", runbook.name);
            findings.extend(lint::runbook(runbook, &place));
            for snippet in lint::snippets(&runbook.text) {
                sound(&checker, &Expression::new(snippet), Role::Panel, &place, &mut findings);
            }
        }
    }
    findings
}

/// What is known, in the words in which everything is declared.
pub(super) fn checker(settings: &GeneratorSettings, domains: &[Resolved]) -> Checker {
    taught(settings, domains, |_| {})
}

/// What is known, in the words of the back end, as the domains are.
pub(super) fn identified_checker(settings: &GeneratorSettings, domains: &[Resolved]) -> Checker {
    let labels = [settings.job(), settings.instance()];
    taught(settings, domains, |checker| checker.identified_by(labels, settings.info()))
}

fn taught(settings: &GeneratorSettings, domains: &[Resolved], identify: impl FnOnce(&mut Checker)) -> Checker {
    let mut catalogues: Vec<Catalogue> = domains.iter().map(|domain| domain.catalogue).collect();
    // What telemetry-core measures every application exports, whether or not its domain is given.
    if catalogues.iter().all(|known| known.crate_name() != CATALOGUE.crate_name()) {
        catalogues.push(CATALOGUE);
    }
    let mut checker = Checker::new(&catalogues, &settings.namespace);
    if settings.histograms == Histograms::Native {
        checker.accept_native_histograms();
    }
    identify(&mut checker);
    settings.common_labels.iter().for_each(|label| checker.add_common_label(label));
    domains.iter().flat_map(|domain| &domain.foreign).for_each(|metric| checker.add_foreign(metric));
    for resolved in domains.iter().flat_map(|domain| &domain.rules) {
        let labels: Vec<String> = resolved.rule.labels.iter().map(|(name, _)| name.clone()).collect();
        checker.add_recorded(&resolved.rule.name, &resolved.expression, &labels);
    }
    checker
}

fn sound(
    checker: &Checker,
    expression: &Expression,
    role: Role,
    place: &str,
    findings: &mut Vec<Finding>,
) -> Option<Sound> {
    told(checker.check_expression(expression, role), expression, place, findings)
}

/// What is right; what is wrong becomes findings.
fn told<T>(
    checked: Result<T, Vec<Problem>>,
    expression: &Expression,
    place: &str,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    let finding = |problem| Finding::of(place, expression.text(), problem);
    checked.map_err(|problems| findings.extend(problems.into_iter().map(finding))).ok()
}

fn board(checker: &Checker, board: &Board, findings: &mut Vec<Finding>) {
    findings.extend(lint::board(board));
    for own in &board.variables {
        let listed = checker.check_listing(&own.series, &own.variable.values_of);
        told(listed, &own.series, &board.place_of_variable(own), findings);
    }
    for shown in board.panels() {
        let place = board.place(&shown.panel);
        findings.extend(lint::panel(shown, &place));
        // In a table one without a legend is there for its labels.
        let of_several = shown.targets.len() > 1 && shown.panel.viz != Viz::Table;
        for target in &shown.targets {
            query(checker, target, of_several, &place, findings);
            findings.extend(lint::drawn(shown.panel.viz, target, &place));
        }
    }
}

fn query(checker: &Checker, target: &Target, of_several: bool, place: &str, findings: &mut Vec<Finding>) {
    let Target { query, expression } = target;
    let Some(sound) = sound(checker, expression, Role::Panel, place, findings) else { return };
    let whole = 0..expression.text().len();
    let mut find = |problem| findings.push(Finding::of(place, expression.text(), problem));
    for label in lint::templated_labels(&query.legend, "") {
        if !sound.keeps(label) {
            let message = format!("the legend shows `{label}`, which the query does not keep");
            find(Problem::new(message, whole.clone()).help(format!("it keeps {}", listing(sound.labels()))));
        }
    }
    if of_several && query.legend.is_empty() {
        find(Problem::new("one of several queries has no legend", whole));
    }
    if let Err(problem) = expression.narrowed(|_| vec![("job".to_owned(), "$job".to_owned())]) {
        find(problem);
    }
    match checker.without_target(expression) {
        Ok(rules) => rules.into_iter().for_each(|(name, span, label)| {
            let message =
                format!("rule `{name}` has dropped `{label}`, so the dashboard's {label} would select nothing");
            find(Problem::new(message, span).help("keep `job` and `instance` in rules that panels read"));
        }),
        Err(problem) => find(problem),
    }
}

fn alert_of(checker: &Checker, resolved: &ResolvedAlert, findings: &mut Vec<Finding>) {
    let alert = &resolved.alert;
    let place = format!("alert `{}`", alert.name());
    findings.extend(lint::alert(alert, &place));
    let kept = sound(checker, &resolved.expression, Role::Alert, &place, findings);
    if let Some(kept) = &kept {
        for label in lint::templated_labels(&alert.description, "$labels.") {
            if !kept.keeps(label) {
                let message = format!("the description shows `{label}`, which the expression does not keep");
                let problem = Problem::new(message, 0..alert.expression.len());
                let help = format!("it keeps {}", listing(kept.labels()));
                findings.push(Finding::of(place.clone(), alert.expression.clone(), problem.help(help)));
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
            let series = Expression::new(series);
            told(checker.check_series(&series), &series, &place, findings);
        }
        for (label, _) in test.expected.iter().flat_map(|expected| &expected.labels) {
            if kept.as_ref().is_some_and(|kept| !kept.keeps(label)) {
                findings
                    .push(Finding::about(place.clone(), format!("it expects `{label}`, which the expression drops")));
            }
        }
    }
}
