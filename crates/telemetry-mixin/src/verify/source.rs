//! A file that is read once, to learn what it records and to check it.

use super::dashboard;
use super::error::VerifyError;
use super::ignore::Ignores;
use super::read::{Document, is_empty, json, looks_like_json, yaml};
use super::rules::{Found, LONGEST_NAME};
use super::scalar::{Lines, Scalar};
use crate::promql::{Checker, Finding, cut};

/// A file of rules or dashboards that somebody wrote: groups of Prometheus, the `PrometheusRule` that its operator reads,
/// dashboards of Grafana in all schemas, bare, as the API wraps them, and in a `ConfigMap`, `GrafanaDashboard` or
/// `Dashboard`; those of Perses, and the `PersesDashboard` that its operator reads; in YAML as many documents as there are.
///
/// ```
/// use telemetry_core::Namespace;
/// use telemetry_mixin::Source;
/// use telemetry_mixin::promql::{Checker, Lint};
///
/// let rules = Source::rules("groups:\n- name: own\n  rules:\n  - record: job:up:sum\n    expr: sum by (jb) (up)\n")?;
/// let board = Source::dashboard(r#"{"panels": [{"targets": [{"expr": "job:up:sum"}]}]}"#)?;
/// let mut checker = Checker::new(&[], &Namespace::DEFAULT);
/// rules.teach(&mut checker);
/// let findings = rules.check(&checker);
/// assert_eq!(findings[0].problem.lint, Lint::UnknownLabel);
/// assert_eq!(findings[0].position.map(|position| (position.line(), position.column())), Some((5, 19)));
/// assert_eq!(board.check(&checker), []);
/// # Ok::<(), telemetry_mixin::VerifyError>(())
/// ```
#[derive(Debug)]
pub struct Source {
    text: String,
    documents: Vec<Document>,
}

impl Source {
    /// A file that is taken for YAML, unless it is JSON. One without any content has no rules, as Prometheus has it.
    ///
    /// # Errors
    ///
    /// [`VerifyError::Rules`] when it is neither, or has neither rules nor dashboards.
    pub fn rules(text: &str) -> Result<Self, VerifyError> {
        let as_json = looks_like_json(text).then(|| json(text).ok()).flatten();
        let documents = as_json.map_or_else(|| yaml(text), Ok)?;
        if documents.is_empty() && !is_empty(text) {
            return Err(VerifyError::Rules { reason: "it has no `groups`".to_owned() });
        }
        Ok(Self { text: text.to_owned(), documents })
    }

    /// A file that is taken for JSON, unless it is YAML.
    ///
    /// # Errors
    ///
    /// [`VerifyError::Dashboard`] when it is neither, or has neither rules nor dashboards.
    pub fn dashboard(text: &str) -> Result<Self, VerifyError> {
        let documents = match json(text) {
            Err(error) if looks_like_json(text) => return Err(error),
            Err(error) => yaml(text).map_err(|_| error)?,
            Ok(documents) => documents,
        };
        if documents.is_empty() {
            return Err(VerifyError::Dashboard { reason: "it has no `panels`".to_owned() });
        }
        Ok(Self { text: text.to_owned(), documents })
    }

    /// Makes known to the checker what the rules of the file record.
    pub fn teach(&self, checker: &mut Checker) {
        teach(&self.documents, checker);
    }

    /// Checks every expression, and leaves out what comments say is to be ignored.
    #[must_use]
    pub fn check(&self, checker: &Checker) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut starts = Vec::new();
        check(&self.documents, checker, &self.text, &mut starts, &mut found);
        let lines = Lines::new(&self.text);
        let ignores = Ignores::of(&self.text, &starts, &lines);
        ignores.apply(found, &lines)
    }
}

fn teach(documents: &[Document], checker: &mut Checker) {
    for document in documents {
        match document {
            Document::Rules(groups) => groups.teach(checker),
            Document::Dashboard(_) | Document::Unreadable { .. } => {}
            Document::Embedded { documents, .. } => teach(documents, checker),
        }
    }
}

fn check(documents: &[Document], checker: &Checker, file: &str, starts: &mut Vec<usize>, found: &mut Vec<Found>) {
    for document in documents {
        match document {
            Document::Rules(groups) => {
                starts.extend(groups.starts());
                groups.check(checker, file, found);
            }
            Document::Dashboard(part) => dashboard::check(checker, part, file, found),
            Document::Unreadable { at, name, error } => {
                let finding = error.about(format!("`{}` of a resource", cut(name, LONGEST_NAME)));
                found.push(Found { finding, at: Some(*at), rule: None });
            }
            Document::Embedded { at, text, documents } => {
                let first = found.len();
                let mut inner = Vec::new();
                check(documents, checker, text, &mut inner, found);
                moved(&mut found[first..], &mut inner, file, *at, text);
                starts.extend(inner);
            }
        }
    }
}

/// Places in an embedded text become places in the file. The text is walked through once for all of them.
fn moved(found: &mut [Found], starts: &mut [usize], file: &str, at: usize, text: &str) {
    let mut wanted: Vec<usize> = found.iter().flat_map(|found| [found.at, found.rule]).flatten().collect();
    wanted.extend_from_slice(starts);
    wanted.sort_unstable();
    wanted.dedup();
    let places = Scalar::new(file, at).places(text, &wanted);
    let place = |inner: usize| wanted.binary_search(&inner).ok().and_then(|number| places.get(number).copied());
    for found in found {
        found.at = found.at.and_then(place).or(Some(at));
        found.rule = found.rule.and_then(place);
    }
    for start in starts {
        *start = place(*start).unwrap_or(at);
    }
}

/// Checks every expression of a Prometheus rules file; its recording rules become known to the checker.
///
/// ```
/// use telemetry_core::Namespace;
/// use telemetry_mixin::check_rules;
/// use telemetry_mixin::promql::Checker;
///
/// let rules = "groups:\n- name: own\n  rules:\n  - alert: Down\n    expr: up{jb=\"api\"} == 0\n";
/// let findings = check_rules(&mut Checker::new(&[], &Namespace::DEFAULT), rules)?;
/// assert_eq!(findings[0].place, "alert `Down` of group `own`");
/// # Ok::<(), telemetry_mixin::VerifyError>(())
/// ```
///
/// # Errors
///
/// [`VerifyError::Rules`] when the text is no rules file at all.
pub fn check_rules(checker: &mut Checker, text: &str) -> Result<Vec<Finding>, VerifyError> {
    let source = Source::rules(text)?;
    source.teach(checker);
    Ok(source.check(checker))
}

/// Checks every query of a Grafana dashboard, rows and library exports included.
///
/// # Errors
///
/// [`VerifyError::Dashboard`] when the text is no dashboard at all.
pub fn check_dashboard(checker: &Checker, text: &str) -> Result<Vec<Finding>, VerifyError> {
    Source::dashboard(text).map(|source| source.check(checker))
}
