//! Labels that every aggregation of an expression keeps, so that its series say whom they are about.

use super::expression::Expression;
use super::quoted::quoted;
use super::rewrite::inserted;
use super::tree::{AggregateNode, Binary, Grouping, Node, NodeKind};

/// An expression that keeps labels, as far as it can.
pub(crate) struct Kept {
    pub(crate) text: String,
    /// Whether its series carry the labels: those of `vector(1)` have none to keep.
    pub(crate) carries: bool,
}

/// The expression with these labels in every `by (…)`, in every `on (…)` whose sides both carry them, and in an aggregation
/// that would have one result for all. What names them in `without (…)` or `ignoring (…)` means it. A text that is no
/// expression stays as it is.
pub(crate) fn keeping(expression: &Expression, labels: &[&str]) -> Kept {
    let text = expression.text();
    let Ok(parsed) = expression.parsed() else { return Kept { text: text.to_owned(), carries: false } };
    let mut keeper = Keeper { labels, insertions: Vec::new() };
    let carries = keeper.node(&parsed.node) == Carry::Carrying;
    Kept { text: inserted(text, keeper.insertions), carries }
}

/// A series with these labels besides its own.
pub(crate) fn labelled(series: &Expression, labels: &[(&str, &str)]) -> String {
    let text = series.text();
    let Ok(parsed) = series.parsed() else { return text.to_owned() };
    let mut insertions = Vec::new();
    parsed.node.selectors(&mut |selector, _| {
        let has = |label: &str| selector.matchers.iter().any(|matcher| matcher.label.text == label);
        let missing = labels.iter().filter(|(label, _)| !has(label));
        let added = missing.map(|(label, value)| format!("{label}={}", quoted(value))).collect::<Vec<_>>().join(", ");
        match (&selector.braces, &selector.name) {
            _ if added.is_empty() => {}
            (Some(braces), _) if selector.matchers.is_empty() => insertions.push((braces.start + 1, added)),
            (Some(braces), _) => insertions.push((braces.start + 1, format!("{added}, "))),
            (None, Some(name)) => insertions.push((name.span.end, format!("{{{added}}}"))),
            (None, None) => {}
        }
    });
    inserted(text, insertions)
}

/// The value of a label of a series as a test gives it.
pub(crate) fn value_of<'a>(series: &'a Expression, label: &str) -> Option<&'a str> {
    let mut value = None;
    series.parsed().ok()?.node.selectors(&mut |selector, _| {
        let own = selector.matchers.iter().find(|matcher| matcher.label.text == label);
        value = own.map(|matcher| matcher.value.text.as_str());
    });
    value
}

/// What a part of an expression results in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carry {
    Scalar,
    /// Series without the labels.
    Bare,
    /// Series with them.
    Carrying,
}

struct Keeper<'a> {
    labels: &'a [&'a str],
    insertions: Vec<(usize, String)>,
}

impl Keeper<'_> {
    fn node(&mut self, node: &Node) -> Carry {
        match &node.kind {
            NodeKind::Number(_) | NodeKind::Text(_) => Carry::Scalar,
            NodeKind::Instant(_) | NodeKind::Range(_) => Carry::Carrying,
            NodeKind::Subquery(inner) | NodeKind::Unary(inner) | NodeKind::Paren(inner) => self.node(inner),
            NodeKind::Call { function, arguments } => match function.text.as_str() {
                // One value for all there is: divided, there would be none.
                "scalar" | "time" | "pi" => Carry::Scalar,
                "absent" | "absent_over_time" | "vector" => Carry::Bare,
                _ => {
                    let results: Vec<Carry> = arguments.iter().map(|argument| self.node(argument)).collect();
                    if results.contains(&Carry::Carrying) { Carry::Carrying } else { Carry::Bare }
                }
            },
            NodeKind::Aggregate(aggregate) => self.aggregate(aggregate),
            NodeKind::Binary(binary) => self.binary(binary),
        }
    }

    fn aggregate(&mut self, aggregate: &AggregateNode) -> Carry {
        if self.node(&aggregate.argument) != Carry::Carrying {
            return Carry::Bare;
        }
        match &aggregate.grouping {
            Some(grouping) if grouping.keeps => self.add(grouping),
            Some(grouping) if self.labels.iter().any(|label| names(grouping, label)) => return Carry::Bare,
            Some(_) => {}
            // They choose among series, which keep their labels.
            None if matches!(aggregate.op.text.as_str(), "topk" | "bottomk" | "limitk" | "limit_ratio") => {}
            None => self.insertions.push((aggregate.op.span.end, format!(" by ({}) ", self.labels.join(", ")))),
        }
        Carry::Carrying
    }

    fn binary(&mut self, binary: &Binary) -> Carry {
        let (left, right) = (self.node(&binary.left), self.node(&binary.right));
        if left == Carry::Scalar || right == Carry::Scalar {
            return if left == Carry::Scalar { right } else { left };
        }
        let both = if left == right { left } else { Carry::Bare };
        match &binary.matching {
            Some(matching) if matching.keeps && both == Carry::Carrying => {
                self.add(matching);
                return Carry::Carrying;
            }
            _ => {}
        }
        match (binary.op.text.as_str(), &binary.many) {
            ("and" | "unless", _) => left,
            ("or", _) => both,
            (_, Some(many)) => {
                if many.left {
                    left
                } else {
                    right
                }
            }
            (_, None) if binary.matching.as_ref().is_some_and(|matching| matching.keeps) => Carry::Bare,
            (_, None) => both,
        }
    }

    /// Has the list name all of the labels.
    fn add(&mut self, grouping: &Grouping) {
        let missing: Vec<&str> = self.labels.iter().copied().filter(|label| !names(grouping, label)).collect();
        match grouping.labels.first() {
            _ if missing.is_empty() => {}
            Some(first) => self.insertions.push((first.span.start, format!("{}, ", missing.join(", ")))),
            None => self.insertions.push((grouping.list.start + 1, missing.join(", "))),
        }
    }
}

fn names(grouping: &Grouping, label: &str) -> bool {
    grouping.labels.iter().any(|word| word.text == label)
}
