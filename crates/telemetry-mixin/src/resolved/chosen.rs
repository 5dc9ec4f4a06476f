//! What an operator chooses of rules and alerts beside their thresholds and times: the jobs they are about, and whom they
//! concern.

use super::rule::{ResolvedAlert, ResolvedRule};
use crate::model::{ForeignMetric, Runbook};
use crate::promql::{Expression, reworded};
use crate::settings::{GeneratorSettings, SeverityWords};

/// Limits rules to the operator's jobs.
pub(super) fn rules(rules: &mut [ResolvedRule], foreign: &[ForeignMetric], settings: &GeneratorSettings) {
    for resolved in rules {
        if let Some(limited) = limited(&resolved.expression, foreign, settings) {
            resolved.expression = Expression::new(&limited);
            resolved.rule.expression = limited;
        }
    }
}

/// Limits an alert to the operator's jobs, and gives it his severity and team.
pub(super) fn alert(resolved: &mut ResolvedAlert, foreign: &[ForeignMetric], settings: &GeneratorSettings) {
    if let Some(limited) = limited(&resolved.expression, foreign, settings) {
        resolved.expression = Expression::new(&limited);
        resolved.alert.expression = limited;
        // The proofs are about other jobs.
        resolved.as_declared = false;
    }
    if let Some(team) = settings.teams.get(&resolved.alert.team) {
        resolved.alert.team.clone_from(team);
    }
    if let Some(own) = settings.alerts.get(resolved.alert.name()) {
        resolved.alert.severity = own.severity.unwrap_or(resolved.alert.severity);
        if let Some(team) = &own.team {
            resolved.alert.team.clone_from(team);
        }
    }
    say_severities(resolved, settings);
}

/// Has what a page gives to paste ask for severities by the operator's words.
pub(super) fn runbook(runbook: &mut Runbook, settings: &GeneratorSettings) {
    if settings.severities != SeverityWords::default() {
        runbook.rewrite_snippets(|snippet| in_own_words(&Expression::new(snippet), settings));
    }
}

fn in_own_words(expression: &Expression, settings: &GeneratorSettings) -> String {
    reworded(expression, "ALERTS", "severity", |word| settings.severities.instead_of(word).to_owned())
}

/// Has an alert on alerts, and its proofs, ask for severities by the operator's words.
fn say_severities(resolved: &mut ResolvedAlert, settings: &GeneratorSettings) {
    if settings.severities == SeverityWords::default() || !resolved.expression.text().contains("ALERTS") {
        return;
    }
    let said = |expression: &Expression| in_own_words(expression, settings);
    resolved.alert.expression = said(&resolved.expression);
    resolved.expression = Expression::new(&resolved.alert.expression);
    for (series, _) in resolved.alert.tests.iter_mut().flat_map(|test| &mut test.input) {
        *series = said(&Expression::new(series.as_str()));
    }
}

/// The expression with every metric that applications export limited to the operator's jobs, where he has some. What rules
/// record and what Prometheus says of alerts is limited already, and other systems have jobs of their own. A selector that
/// says which job it means keeps it.
fn limited(expression: &Expression, foreign: &[ForeignMetric], settings: &GeneratorSettings) -> Option<String> {
    let jobs = settings.jobs_in_quotes()?;
    let is_exported =
        |name: &str| !name.contains(':') && name != "ALERTS" && foreign.iter().all(|metric| metric.name != name);
    let matchers = |name: Option<&str>| match name.is_some_and(is_exported) {
        true => vec![("job".to_owned(), jobs.clone())],
        false => Vec::new(),
    };
    // What cannot be parsed the check tells of.
    expression.narrowed(matchers).ok()
}
