//! Rules of Prometheus, as somebody wrote them.

use super::error::VerifyError;
use super::logql::is_piped;
use super::scalar::Scalar;
use super::shown::AlertText;
use super::tree::{Content, Part};
use crate::promql::{Checker, Expression, Finding, Problem, Role, Sound, cut};

/// How much of a name stands in each finding's place, in bytes.
pub(super) const LONGEST_NAME: usize = 200;

/// A finding, and where in the file it is.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) finding: Finding,
    pub(super) at: Option<usize>,
    /// Where the rule starts that it is in.
    pub(super) rule: Option<usize>,
}

/// The groups of a file.
#[derive(Debug)]
pub(super) struct Groups {
    groups: Vec<(String, Vec<ReadRule>)>,
    /// Whether they are rules of Loki, of which only the names are known that they record.
    are_of_loki: bool,
}

#[derive(Debug)]
struct ReadRule {
    record: Option<String>,
    alert: Option<String>,
    labels: Vec<String>,
    texts: Vec<AlertText>,
    expression: Expression,
    /// Where the expression is.
    at: Option<usize>,
    /// Where the rule starts.
    start: Option<usize>,
}

impl Groups {
    /// Reads what is under `groups`.
    pub(super) fn read(part: &Part, file: &str) -> Result<Self, VerifyError> {
        let error = |part: &Part, message: &str| {
            let line = part.at.map(|at| file[..file.floor_char_boundary(at)].matches('\n').count() + 1);
            let place = line.map(|line| format!(" (line {line})")).unwrap_or_default();
            VerifyError::Rules { reason: format!("{message}{place}") }
        };
        let mut groups = Vec::new();
        for group in listed(part, "groups").map_err(|()| error(part, "`groups` is no list"))? {
            let Some(name) = group.text_of("name") else { return Err(error(group, "a group has no `name`")) };
            let mut rules = Vec::new();
            let common = group.get("labels").map(Part::entries).unwrap_or_default();
            for rule in listed(group, "rules").map_err(|()| error(group, "`rules` is no list"))? {
                let expr = rule.get("expr").and_then(|expr| Some((expr.text()?, expr.at)));
                let Some((expr, at)) = expr else { return Err(error(rule, "a rule has no `expr`")) };
                let owned = |key: &str| rule.text_of(key).map(str::to_owned);
                let labels = rule.get("labels").map(Part::entries).unwrap_or_default();
                let annotations = rule.get("annotations").map(Part::entries).unwrap_or_default();
                let texts = annotations.iter().chain(labels).filter_map(|(name, part)| {
                    let text = part.text().filter(|text| text.contains("{{"))?.to_owned();
                    Some(AlertText { name: name.clone(), text, at: part.at })
                });
                rules.push(ReadRule {
                    texts: texts.collect(),
                    record: owned("record"),
                    alert: owned("alert"),
                    labels: labels.iter().chain(common).map(|(label, _)| label.clone()).collect(),
                    expression: Expression::new(expr.trim_end()),
                    at,
                    start: rule.at,
                });
            }
            groups.push((name.to_owned(), rules));
        }
        let are_of_loki = rules_of(&groups).any(|rule| is_piped(rule.expression.text()));
        Ok(Self { groups, are_of_loki })
    }

    /// Where each rule starts, in the order of the file.
    pub(super) fn starts(&self) -> impl Iterator<Item = usize> + '_ {
        rules_of(&self.groups).filter_map(|rule| rule.start)
    }

    /// Makes known what the rules record.
    pub(super) fn teach(&self, checker: &mut Checker) {
        for rule in rules_of(&self.groups) {
            if let Some(name) = &rule.record {
                checker.add_recorded(name, &rule.expression, &rule.labels);
            }
        }
    }

    pub(super) fn check(&self, checker: &Checker, file: &str, found: &mut Vec<Found>) {
        if self.are_of_loki {
            return;
        }
        for (group, rules) in &self.groups {
            let group = cut(group, LONGEST_NAME);
            for rule in rules {
                let (role, what) = rule.named();
                let place = format!("{what} of group `{group}`");
                let expression = Placed { expression: &rule.expression, at: rule.at, rule: rule.start };
                if let Some(sound) = expression.check(checker, role, &place, file, found) {
                    let shown = rule.texts.iter().flat_map(|text| text.check(&sound, &place, file));
                    found.extend(shown.map(|(finding, at)| Found { finding, at, rule: rule.start }));
                }
            }
        }
    }
}

fn rules_of(groups: &[(String, Vec<ReadRule>)]) -> impl Iterator<Item = &ReadRule> {
    groups.iter().flat_map(|(_, rules)| rules)
}

/// The list under a key, which may be left out or left empty.
fn listed<'a>(part: &'a Part, key: &str) -> Result<&'a [Part], ()> {
    match part.get(key).map(|list| &list.content) {
        None | Some(Content::Nothing) => Ok(&[]),
        Some(Content::List(parts)) => Ok(parts),
        Some(_) => Err(()),
    }
}

impl ReadRule {
    fn named(&self) -> (Role, String) {
        let name = |name: &str| cut(name, LONGEST_NAME).into_owned();
        match (&self.record, &self.alert) {
            (Some(record), _) => (Role::Recording, format!("recording rule `{}`", name(record))),
            (None, Some(alert)) => (Role::Alert, format!("alert `{}`", name(alert))),
            (None, None) => (Role::Alert, "a rule that neither records nor alerts".to_owned()),
        }
    }
}

/// An expression, and where in a file it is.
pub(super) struct Placed<'a> {
    pub(super) expression: &'a Expression,
    pub(super) at: Option<usize>,
    pub(super) rule: Option<usize>,
}

impl Placed<'_> {
    /// Tells what is wrong with it, or says what is known of a sound one.
    pub(super) fn check(
        &self,
        checker: &Checker,
        role: Role,
        place: &str,
        file: &str,
        found: &mut Vec<Found>,
    ) -> Option<Sound> {
        checker.check_expression(self.expression, role).map_err(|problems| self.tell(problems, place, file, found)).ok()
    }

    /// Problems of the expression, each with its place in the file.
    pub(super) fn tell(&self, mut problems: Vec<Problem>, place: &str, file: &str, found: &mut Vec<Found>) {
        problems.sort_by_key(|problem| problem.span.start);
        let starts: Vec<usize> = problems.iter().map(|problem| problem.span.start).collect();
        let text = self.expression.text();
        let places = self.at.map(|at| Scalar::new(file, at).places(text, &starts)).unwrap_or_default();
        found.extend(problems.into_iter().enumerate().map(|(number, problem)| Found {
            finding: Finding::of(place, text, problem),
            at: places.get(number).copied(),
            rule: self.rule,
        }));
    }
}
