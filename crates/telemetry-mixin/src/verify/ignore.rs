//! Comments that say what is to be ignored: `# telemetry:ignore unknown-label because the exporter adds it`.

use std::collections::BTreeSet;

use super::rules::Found;
use super::scalar::Lines;
use crate::promql::{Finding, Lint, Problem};

const MARK: &str = "# telemetry:ignore";

/// What a comment covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    File,
    /// The rule that starts there.
    Rule(usize),
}

/// The comments of a file.
#[derive(Debug)]
pub(super) struct Ignores {
    understood: Vec<(Scope, Lint, usize)>,
    mistaken: Vec<Found>,
}

impl Ignores {
    /// The comments of a file whose rules start there. One on lines of its own before a rule covers that rule, any other the
    /// rule that it is in.
    pub(super) fn of(text: &str, starts: &[usize], lines: &Lines<'_>) -> Self {
        let mut ignores = Self { understood: Vec::new(), mistaken: Vec::new() };
        if starts.is_empty() {
            return ignores;
        }
        // The line from which on comments are about the rule, and where it starts.
        let mut rules: Vec<(usize, usize)> = Vec::with_capacity(starts.len());
        for start in starts {
            rules.push((lines.first_comment_before(lines.line(*start)), *start));
        }
        rules.sort_unstable();
        for (at, _) in text.match_indices(MARK) {
            let line = lines.line(at);
            let rule = rules.partition_point(|(first, _)| *first <= line).checked_sub(1).map(|rule| rules[rule].1);
            let comment = text[at + MARK.len()..].lines().next().unwrap_or_default();
            match understood(comment) {
                Ok((true, lint)) => ignores.understood.push((Scope::File, lint, at)),
                Ok((false, lint)) => match rule {
                    Some(rule) => ignores.understood.push((Scope::Rule(rule), lint, at)),
                    None => ignores.mistaken.push(mistake("no rule is here to ignore a problem of".to_owned(), at)),
                },
                Err(message) => ignores.mistaken.push(mistake(message, at)),
            }
        }
        ignores
    }

    /// What is left, in the order in which it was found, with the places in the file; comments that ignore nothing come last.
    pub(super) fn apply(self, found: Vec<Found>, lines: &Lines<'_>) -> Vec<Finding> {
        let covered: BTreeSet<(Scope, Lint)> = self.understood.iter().map(|(scope, lint, _)| (*scope, *lint)).collect();
        let mut used: BTreeSet<(Scope, Lint)> = BTreeSet::new();
        let mut left = Vec::new();
        for found in found {
            let lint = found.finding.problem.lint;
            let scopes = [Some(Scope::File), found.rule.map(Scope::Rule)];
            let covering: Vec<_> =
                scopes.into_iter().flatten().map(|scope| (scope, lint)).filter(|key| covered.contains(key)).collect();
            if !covering.is_empty() {
                used.extend(covering);
            } else if !says_so(&found.finding.expression, lint) {
                left.push(found);
            }
        }
        let unused = self.understood.iter().filter(|(scope, lint, _)| !used.contains(&(*scope, *lint)));
        left.extend(unused.map(|(_, lint, at)| mistake(format!("there is no `{lint}` here to ignore"), *at)));
        left.extend(self.mistaken);
        let placed = |found: Found| Finding { position: found.at.map(|at| lines.position(at)), ..found.finding };
        left.into_iter().map(placed).collect()
    }
}

/// Whether an expression has a comment of its own, as is the only way in a dashboard.
fn says_so(expression: &str, lint: Lint) -> bool {
    expression.match_indices(MARK).any(|(at, _)| {
        let comment = expression[at + MARK.len()..].lines().next().unwrap_or_default();
        understood(comment).is_ok_and(|(_, ignored)| ignored == lint)
    })
}

/// Whether the comment is for the whole file, and the kind of problem.
fn understood(comment: &str) -> Result<(bool, Lint), String> {
    let (for_file, comment) = match comment.strip_prefix("-file") {
        Some(rest) => (true, rest),
        None => (false, comment),
    };
    let (name, reason) = comment.trim().split_once(char::is_whitespace).unwrap_or((comment.trim(), ""));
    let lint = name.parse()?;
    if reason.trim().is_empty() { Err(format!("say why `{lint}` is to be ignored here")) } else { Ok((for_file, lint)) }
}

fn mistake(message: String, at: usize) -> Found {
    let problem = Problem::new(message, 0..0).lint(Lint::Ignore);
    Found { finding: Finding::of("a comment", "", problem), at: Some(at), rule: None }
}
