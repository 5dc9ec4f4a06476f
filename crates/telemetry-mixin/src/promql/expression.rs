//! An expression beside what the parser makes of it, so that nobody has to parse it a second time.

use std::collections::BTreeSet;

use super::lint::Lint;
use super::parse::{Parsed, parse};
use super::problem::Problem;
use super::rewrite::{metric_names, with_matchers};
use super::tree::NodeKind;

/// An expression that has been parsed once.
#[derive(Debug, Clone)]
pub(crate) struct Expression {
    text: String,
    parsed: Result<Parsed, Problem>,
}

impl Expression {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { parsed: parse(&text).map_err(syntax), text }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// What the parser makes of it, or why it makes nothing of it.
    pub(super) fn parsed(&self) -> Result<&Parsed, Problem> {
        self.parsed.as_ref().map_err(Clone::clone)
    }

    /// The names of all metrics that it selects.
    pub(crate) fn metric_names(&self) -> Result<BTreeSet<String>, Problem> {
        self.parsed().map(metric_names)
    }

    /// The rates of a panel that are taken over a fixed window: over less than two exports they are nothing, and over more
    /// they hide what the reader zooms in on.
    pub(crate) fn fixed_rates(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let Ok(parsed) = &self.parsed else { return found };
        parsed.node.calls(&mut |function, arguments| {
            let [argument] = arguments else { return };
            if matches!(function, "rate" | "irate")
                && matches!(argument.bare().kind, NodeKind::Range(_))
                && !self.text[argument.span.clone()].contains("[$__rate_interval]")
            {
                let problem =
                    Problem::new(format!("a panel's `{function}` over a fixed window"), argument.span.clone());
                found.push(problem.help("take `[$__rate_interval]`, or `increase` where the window is what is meant"));
            }
        });
        found
    }

    /// The same with the matchers that a metric's name asks for, in every selector that has none for the label.
    pub(crate) fn narrowed(
        &self,
        matchers_of: impl Fn(Option<&str>) -> Vec<(String, String)>,
    ) -> Result<String, Problem> {
        with_matchers(&self.text, self.parsed()?, matchers_of)
            .map_err(|span| Problem::new("matchers joined by `or` cannot be narrowed to a job", span))
    }
}

/// Whatever keeps an expression from being read is one kind of problem, unless it says which.
fn syntax(problem: Problem) -> Problem {
    if problem.lint == Lint::Other { problem.lint(Lint::Syntax) } else { problem }
}

/// What an expression selects, as far as its grammar goes: how many selectors it has, whatever they name.
///
/// ```
/// use telemetry_mixin::promql::selectors;
///
/// assert_eq!(selectors("rate(errors_total[5m * 2]) / rate(`calls`[5m])").ok(), None);
/// assert_eq!(selectors("rate(errors_total[5m * 2]) / rate({`a call`}[5m])").ok(), Some(2));
/// ```
///
/// # Errors
///
/// The [`Problem`] of an expression that Prometheus would not parse, or that is larger than the bounds.
pub fn selectors(expression: &str) -> Result<usize, Problem> {
    let mut found = 0;
    Expression::new(expression).parsed()?.node.selectors(&mut |_, _| found += 1);
    Ok(found)
}
