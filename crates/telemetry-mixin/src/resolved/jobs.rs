//! Rules and alerts limited to the jobs that the operator means.

use crate::model::ForeignMetric;
use crate::promql::Expression;
use crate::settings::GeneratorSettings;

/// The expression with every metric that applications export limited to the operator's jobs. What rules record and what
/// Prometheus says of alerts is limited already, and other systems have jobs of their own. A selector that says which job it
/// means keeps it.
pub(super) fn limited(expression: String, foreign: &[ForeignMetric], settings: &GeneratorSettings) -> String {
    let Some(jobs) = settings.jobs_in_quotes() else { return expression };
    let is_exported =
        |name: &str| !name.contains(':') && name != "ALERTS" && foreign.iter().all(|metric| metric.name != name);
    let matchers = |name: Option<&str>| match name.is_some_and(is_exported) {
        true => vec![("job".to_owned(), jobs.clone())],
        false => Vec::new(),
    };
    // What cannot be parsed the check tells of.
    Expression::new(&expression).narrowed(matchers).unwrap_or(expression)
}
