//! The labels that an alert's texts show, which the result of its expression has to have.

use std::collections::BTreeSet;

use super::scalar::Scalar;
use crate::promql::{Finding, Lint, NAME_LABEL, Problem, Sound};

const LABEL: &str = "$labels.";

/// A text of an alert with templates, and where it stands.
#[derive(Debug)]
pub(super) struct AlertText {
    /// What it is: an annotation's name, or a label's.
    pub(super) name: String,
    pub(super) text: String,
    pub(super) at: Option<usize>,
}

impl AlertText {
    /// Each label once that the alert never has, and where in the file it is shown; one that the text asks for first is a
    /// choice.
    pub(super) fn check(&self, kept: &Sound, place: &str, file: &str) -> Vec<(Finding, Option<usize>)> {
        let mut known: BTreeSet<&str> = self.labels().filter(|shown| shown.is_asked).map(|shown| shown.label).collect();
        let mut findings = Vec::new();
        for Mention { label, start, .. } in self.labels() {
            // The name is in `$labels`, too, where the expression keeps it.
            if label == NAME_LABEL || kept.keeps(label) || !known.insert(label) {
                continue;
            }
            let message = format!("`{}` shows the label `{label}`, which the expression does not keep", self.name);
            let problem = Problem::new(message, start..start + LABEL.len() + label.len()).lint(Lint::UnknownLabel);
            let at = self.at.and_then(|at| Scalar::new(file, at).places(&self.text, &[start]).first().copied());
            findings.push((Finding::of(place, self.text.as_str(), problem), at));
        }
        findings
    }

    fn labels(&self) -> impl Iterator<Item = Mention<'_>> {
        let templates = self.text.match_indices("{{").map(|(at, _)| {
            let rest = &self.text[at + 2..];
            let template = rest.split("}}").next().unwrap_or(rest);
            (at + 2, template, template.trim_start_matches(|c: char| c == '-' || c.is_whitespace()))
        });
        templates.filter(|(.., words)| !words.starts_with("/*")).flat_map(|(at, template, words)| {
            let is_asked = ["if", "else", "with"].iter().any(|word| words.starts_with(word));
            template.match_indices(LABEL).filter_map(move |(start, _)| {
                let name = &template[start + LABEL.len()..];
                let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(name.len());
                (end > 0).then_some(Mention { label: &name[..end], start: at + start, is_asked })
            })
        })
    }
}

struct Mention<'a> {
    label: &'a str,
    /// Where `$labels` stands in the text.
    start: usize,
    /// Whether it is only asked whether there is one.
    is_asked: bool,
}
