//! Labels and metrics under other names, wherever an expression names them.

use super::expression::Expression;
use super::tree::{Grouping, Node, NodeKind, Span, Word};

/// What is called otherwise: each name and its other one.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) labels: &'a [(&'a str, &'a str)],
    pub(crate) metrics: &'a [(&'a str, &'a str)],
}

/// The expression with these names in place of those; the author's text is otherwise kept to the letter. A text that is no
/// expression stays as it is.
pub(crate) fn renamed(expression: &Expression, names: Names<'_>) -> String {
    let mut text = expression.text().to_owned();
    let Ok(parsed) = expression.parsed() else { return text };
    let mut renamer = Renamer { names, found: Vec::new() };
    renamer.node(&parsed.node);
    renamer.found.sort_by_key(|(span, ..)| std::cmp::Reverse(span.start));
    for (span, name, other) in renamer.found {
        // A quoted name keeps its quotes.
        let written = text[span.clone()].replacen(&name, &other, 1);
        text.replace_range(span, &written);
    }
    text
}

struct Renamer<'a> {
    names: Names<'a>,
    found: Vec<(Span, String, String)>,
}

impl Renamer<'_> {
    fn node(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Number(_) | NodeKind::Text(_) => {}
            NodeKind::Instant(selector) | NodeKind::Range(selector) => {
                selector.name.iter().for_each(|name| self.word(self.names.metrics, name));
                selector.matchers.iter().for_each(|matcher| self.word(self.names.labels, &matcher.label));
            }
            NodeKind::Subquery(inner) | NodeKind::Unary(inner) | NodeKind::Paren(inner) => self.node(inner),
            NodeKind::Call { function, arguments } => {
                for (place, argument) in arguments.iter().enumerate() {
                    match &argument.kind {
                        NodeKind::Text(text) if is_label(&function.text, place) => {
                            self.name(self.names.labels, text, &argument.span);
                        }
                        _ => self.node(argument),
                    }
                }
            }
            NodeKind::Aggregate(aggregate) => {
                aggregate.parameter.iter().for_each(|parameter| self.node(parameter));
                self.node(&aggregate.argument);
                self.grouping(aggregate.grouping.as_ref());
            }
            NodeKind::Binary(binary) => {
                self.node(&binary.left);
                self.node(&binary.right);
                self.grouping(binary.matching.as_ref());
                let many = binary.many.iter().flat_map(|many| &many.labels);
                many.for_each(|label| self.word(self.names.labels, label));
            }
        }
    }

    fn grouping(&mut self, grouping: Option<&Grouping>) {
        let labels = grouping.iter().flat_map(|grouping| &grouping.labels);
        labels.for_each(|label| self.word(self.names.labels, label));
    }

    fn word(&mut self, names: &[(&str, &str)], word: &Word) {
        self.name(names, &word.text, &word.span);
    }

    fn name(&mut self, names: &[(&str, &str)], text: &str, span: &Span) {
        if let Some((name, other)) = names.iter().find(|(name, _)| *name == text) {
            self.found.push((span.clone(), (*name).to_owned(), (*other).to_owned()));
        }
    }
}

/// Whether a text is the name of a label, as that argument of the function.
fn is_label(function: &str, place: usize) -> bool {
    match function {
        "label_replace" => matches!(place, 1 | 3),
        "label_join" => place == 1 || place > 2,
        "sort_by_label" | "sort_by_label_desc" => place > 0,
        _ => false,
    }
}
