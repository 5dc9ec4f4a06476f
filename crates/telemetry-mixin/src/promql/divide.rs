//! The values of a label in an expression: for one of them alone, for all others, in other words.

use super::expression::Expression;
use super::quoted::quoted;
use super::rewrite::inserted;
use super::tree::{AggregateNode, Binary, Node, NodeKind, SelectorNode, Span};

/// The series of an expression that are of a value of a label, or of none of some values.
pub(crate) enum Having<'a> {
    /// Of this value.
    Of(&'a str),
    /// Of none of these.
    Without(Vec<&'a str>),
}

/// The part of an expression's result that has that label so. Its selectors ask for it, as far as what they select has that
/// label in the result, so that nothing is calculated for what is left out; what an aggregation has added up over the label,
/// such as a service's traffic, stays whole.
///
/// `None` where the result has no such label, or not in all of its series.
pub(crate) fn part(expression: &Expression, label: &str, part: &Having<'_>) -> Option<String> {
    let parsed = expression.parsed().ok()?;
    let matchers = match part {
        Having::Of(value) => format!("{label}={}", quoted(value)),
        Having::Without(values) => {
            values.iter().map(|value| format!("{label}!={}", quoted(value))).collect::<Vec<_>>().join(", ")
        }
    };
    let mut divider = Divider { label, selectors: Vec::new() };
    divider.node(&parsed.node)?;
    let insertions = divider.selectors.into_iter().filter_map(|(selector, span)| match &selector.braces {
        Some(braces) if selector.matchers.is_empty() => Some((braces.start + 1, matchers.clone())),
        Some(braces) => Some((braces.start + 1, format!("{matchers}, "))),
        None => Some((span.start + selector.name.as_ref()?.text.len(), format!("{{{matchers}}}"))),
    });
    Some(inserted(expression.text(), insertions.collect()))
}

/// The comparison that decides whether the expression has a result, and with which number it compares the result.
pub(crate) fn compared(expression: &Expression) -> Option<(String, f64)> {
    let mut node = expression.parsed().ok()?.node.bare();
    loop {
        let NodeKind::Binary(binary) = &node.kind else { return None };
        if binary.is_comparison() && !binary.returns_bool {
            let NodeKind::Number(limit) = binary.right.bare().kind else { return None };
            return Some((binary.op.text.clone(), limit));
        }
        if !matches!(binary.op.text.as_str(), "and" | "unless") {
            return None;
        }
        node = binary.left.bare();
    }
}

/// A test's series with that value of the label in place of its own; one without the label as it is.
pub(crate) fn with_value(series: &Expression, label: &str, value: &str) -> String {
    let mut text = series.text().to_owned();
    let Ok(parsed) = series.parsed() else { return text };
    parsed.node.selectors(&mut |selector, _| {
        if let Some(own) = selector.matchers.iter().find(|matcher| matcher.label.text == label) {
            text.replace_range(own.value.span.clone(), &quoted(value));
        }
    });
    text
}

/// The expression with other words in the matchers of a metric's label, which may be several words joined by `|`.
pub(crate) fn reworded(expression: &Expression, metric: &str, label: &str, word: impl Fn(&str) -> String) -> String {
    let mut places = Vec::new();
    let mut text = expression.text().to_owned();
    let Ok(parsed) = expression.parsed() else { return text };
    parsed.node.selectors(&mut |selector, _| {
        if selector.name.as_ref().is_some_and(|name| name.text == metric) {
            places.extend(selector.matchers.iter().filter(|matcher| matcher.label.text == label));
        }
    });
    for matcher in places.into_iter().rev() {
        let words: Vec<String> = matcher.value.text.split('|').map(&word).collect();
        text.replace_range(matcher.value.span.clone(), &quoted(&words.join("|")));
    }
    text
}

/// Finds the selectors whose label is that of the result.
struct Divider<'a> {
    label: &'a str,
    selectors: Vec<(&'a SelectorNode, &'a Span)>,
}

impl<'a> Divider<'a> {
    /// `None` where the result of a node does not have the label of what it selects.
    fn node(&mut self, node: &'a Node) -> Option<()> {
        match &node.kind {
            NodeKind::Number(_) | NodeKind::Text(_) => None,
            NodeKind::Instant(selector) | NodeKind::Range(selector) => {
                self.selectors.push((selector, &node.span));
                (!selector.alternatives).then_some(())
            }
            NodeKind::Subquery(inner) | NodeKind::Unary(inner) | NodeKind::Paren(inner) => self.node(inner),
            NodeKind::Call { function, arguments } => {
                let writes = ["label_replace", "label_join", "absent", "absent_over_time", "scalar", "vector"];
                if writes.contains(&function.text.as_str()) {
                    return None;
                }
                let vectors = arguments.iter().filter(|argument| !is_scalar(argument));
                vectors.map(|argument| self.node(argument)).reduce(Option::and)?
            }
            NodeKind::Aggregate(aggregate) => self.keeps(aggregate).then(|| self.node(&aggregate.argument))?,
            NodeKind::Binary(binary) => self.binary(binary),
        }
    }

    fn keeps(&self, aggregate: &AggregateNode) -> bool {
        match &aggregate.grouping {
            Some(grouping) => grouping.keeps == grouping.labels.iter().any(|word| word.text == self.label),
            None => matches!(aggregate.op.text.as_str(), "topk" | "bottomk" | "limitk" | "limit_ratio"),
        }
    }

    fn binary(&mut self, binary: &'a Binary) -> Option<()> {
        let (left, right) = (&binary.left, &binary.right);
        match (is_scalar(left), is_scalar(right)) {
            (true, true) => return None,
            (true, false) => return self.node(right),
            (false, true) => return self.node(left),
            (false, false) => {}
        }
        // The other side only says whether there is a result.
        if matches!(binary.op.text.as_str(), "and" | "unless") {
            return self.node(left);
        }
        let matches = binary
            .matching
            .as_ref()
            .is_none_or(|matching| matching.keeps == matching.labels.iter().any(|word| word.text == self.label));
        match &binary.many {
            Some(many) if many.labels.iter().any(|word| word.text == self.label) => {
                self.node(if many.left { right } else { left })
            }
            // What the one side has added up is divided among many.
            Some(many) if !matches => self.node(if many.left { left } else { right }),
            _ if matches => {
                let left = self.node(left);
                left.and(self.node(right))
            }
            _ => None,
        }
    }
}

/// Whether the node is a number, whatever there is.
fn is_scalar(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Number(_) | NodeKind::Text(_) => true,
        NodeKind::Paren(inner) | NodeKind::Unary(inner) => is_scalar(inner),
        NodeKind::Call { function, .. } => matches!(function.text.as_str(), "time" | "pi" | "scalar"),
        NodeKind::Binary(binary) => is_scalar(&binary.left) && is_scalar(&binary.right),
        _ => false,
    }
}
