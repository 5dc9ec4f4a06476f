//! Services and processes by the labels that the back end gives them, where those are not `job` and `instance`.
//!
//! Whatever is declared speaks of `job`, `instance` and `target_info`, and is checked so. Once it has been found sound, all of
//! it is renamed here, in one pass.

use super::{Board, BoardPanel, Merged, Resolved, ResolvedAlert, Target};
use crate::model::{AlertTest, Slo};
use crate::promql::{Expression, Names, renamed};
use crate::settings::GeneratorSettings;

/// How the back end calls what is declared.
struct Identity<'a> {
    labels: [(&'static str, &'a str); 2],
    metrics: [(&'static str, &'a str); 1],
}

/// The domains in the words of the back end; dashboards are put together from them first.
pub(crate) fn identified(domains: &mut [Resolved], settings: &GeneratorSettings) {
    let Some(identity) = Identity::of(settings) else { return };
    for Resolved { rules, alerts, runbooks, objectives, .. } in domains {
        for resolved in rules {
            identity.both(&mut resolved.rule.expression, &mut resolved.expression);
            resolved.rule.labels.iter_mut().for_each(|(label, _)| identity.label(label));
        }
        for resolved in alerts {
            identity.alert(resolved);
        }
        runbooks.iter_mut().for_each(|runbook| runbook.rewrite_snippets(|snippet| identity.expression(snippet)));
        for Slo { tested, tested_labels, .. } in objectives {
            *tested = tested.clone().renamed(|series| identity.expression(series));
            tested_labels.iter_mut().for_each(|(label, _)| identity.label(label));
        }
    }
}

/// Whole dashboards in the words of the back end.
pub(crate) fn identified_boards(boards: &mut [Merged<'_>], settings: &GeneratorSettings) {
    let Some(identity) = Identity::of(settings) else { return };
    for Board { variables, rows, .. } in boards.iter_mut().map(|merged| &mut merged.board) {
        for own in variables {
            identity.both(&mut own.variable.series, &mut own.series);
            identity.label(&mut own.variable.values_of);
        }
        for BoardPanel { targets, .. } in rows.iter_mut().flat_map(|row| &mut row.panels) {
            for Target { query, expression } in targets {
                identity.both(&mut query.expression, expression);
                query.legend = identity.templates(&query.legend, "");
            }
        }
    }
}

impl<'a> Identity<'a> {
    /// `None` where all is called as it is declared.
    fn of(settings: &'a GeneratorSettings) -> Option<Self> {
        let labels = [("job", settings.job()), ("instance", settings.instance())];
        let metrics = [("target_info", settings.info())];
        let differs = labels.iter().chain(&metrics).any(|(declared, own)| declared != own);
        differs.then_some(Self { labels, metrics })
    }

    /// An alert, with its rules for single values.
    fn alert(&self, resolved: &mut ResolvedAlert) {
        let alert = &mut resolved.alert;
        self.both(&mut alert.expression, &mut resolved.expression);
        for text in [&mut alert.summary, &mut alert.description] {
            *text = self.templates(text, "$labels.");
        }
        for AlertTest { input, expected, .. } in &mut alert.tests {
            input.iter_mut().for_each(|(series, _)| *series = self.expression(series));
            expected.iter_mut().flat_map(|firing| &mut firing.labels).for_each(|(label, _)| self.label(label));
        }
        if let Some((label, _)) = &mut resolved.of_value {
            self.label(label);
        }
        resolved.with_own_threshold.iter_mut().for_each(|own| self.alert(own));
    }

    fn renamed(&self, expression: &Expression) -> String {
        renamed(expression, Names { labels: &self.labels, metrics: &self.metrics })
    }

    fn expression(&self, text: &str) -> String {
        self.renamed(&Expression::new(text))
    }

    /// A text, and what the parser makes of it.
    fn both(&self, text: &mut String, expression: &mut Expression) {
        *text = self.renamed(expression);
        *expression = Expression::new(text.as_str());
    }

    fn label(&self, label: &mut String) {
        if let Some((_, own)) = self.labels.iter().find(|(declared, _)| declared == label) {
            (*own).clone_into(label);
        }
    }

    /// The text with other labels in its templates, where they follow the prefix.
    fn templates(&self, text: &str, prefix: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for (at, piece) in text.split("{{").enumerate() {
            if at > 0 {
                out.push_str("{{");
            }
            let (template, rest) = piece.split_at(if at > 0 { piece.find("}}").unwrap_or(0) } else { 0 });
            out.push_str(&self.template(template, prefix));
            out.push_str(rest);
        }
        out
    }

    fn template(&self, template: &str, prefix: &str) -> String {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let begin = if prefix.is_empty() {
            Some(template.len() - template.trim_start().len())
        } else {
            template.find(prefix).map(|at| at + prefix.len())
        };
        let Some((head, tail)) = begin.map(|at| template.split_at(at)) else { return template.to_owned() };
        let (label, rest) = tail.split_at(tail.find(|c| !is_part(c)).unwrap_or(tail.len()));
        let mut label = label.to_owned();
        self.label(&mut label);
        format!("{head}{label}{}", if prefix.is_empty() { rest.to_owned() } else { self.template(rest, prefix) })
    }
}
