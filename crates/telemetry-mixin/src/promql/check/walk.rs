//! One walk over an expression's tree, which gathers what is wrong with it.

use super::Role;
use crate::promql::facts::{Facts, Value};
use crate::promql::lint::Lint;
use crate::promql::placeholder::Filled;
use crate::promql::problem::Problem;
use crate::promql::schema::Schema;
use crate::promql::tree::{Node, NodeKind, Span};

/// One walk over one expression.
pub(super) struct Walk<'a> {
    pub(super) schema: &'a Schema,
    pub(super) filled: &'a Filled,
    pub(super) role: Role,
    /// Whether the expression is a test's input series.
    pub(super) is_input: bool,
    /// Whether somebody is told the problems: what might have been meant is looked for only then.
    pub(super) is_heard: bool,
    pub(super) problems: Vec<Problem>,
}

impl Walk<'_> {
    pub(super) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(super) fn node(&mut self, node: &Node) -> Facts {
        match &node.kind {
            NodeKind::Number(_) | NodeKind::Text(_) => Facts::scalar(),
            NodeKind::Instant(selector) | NodeKind::Range(selector) => self.select(selector, &node.span),
            NodeKind::Subquery(inner) | NodeKind::Paren(inner) => self.node(inner),
            NodeKind::Unary(inner) => self.settled(inner),
            NodeKind::Call { function, arguments } => self.call(function, arguments),
            NodeKind::Aggregate(aggregate) => self.aggregate(aggregate),
            NodeKind::Binary(binary) => self.binary(binary),
        }
    }

    /// A node whose value is shown, compared or calculated with: it must not be a counter as it stands.
    pub(super) fn settled(&mut self, node: &Node) -> Facts {
        let mut facts = self.node(node);
        if let Value::Accumulated { name, .. } = &facts.value {
            let window = self.role.window();
            let problem = Problem::new(
                format!("`{name}` is used raw: a counter only says how much there has been since its process started"),
                selector_span(node, name),
            )
            .lint(Lint::RawCounter);
            self.problems.push(problem.help(format!("take `rate({name}[{window}])`, and sum after it")));
            facts.value = Value::Unknown;
        }
        facts
    }
}

/// The place of the metric's name inside of a node, else the whole node.
fn selector_span(node: &Node, name: &str) -> Span {
    let mut found = None;
    node.selectors(&mut |selector, _| {
        if let Some(word) = selector.name.as_ref().filter(|word| word.text == name) {
            found.get_or_insert(word.span.clone());
        }
    });
    found.unwrap_or_else(|| node.span.clone())
}
