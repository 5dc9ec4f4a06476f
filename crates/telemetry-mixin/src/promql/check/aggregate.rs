//! What is wrong with sums and other aggregations.

use super::walk::Walk;
use crate::promql::facts::{Facts, Value};
use crate::promql::function::is_rate;
use crate::promql::labels::LabelSet;
use crate::promql::lint::Lint;
use crate::promql::problem::Problem;

use crate::promql::tree::{AggregateNode, Grouping, Node, NodeKind};

impl Walk<'_> {
    pub(super) fn aggregate(&mut self, aggregate: &AggregateNode) -> Facts {
        let op = aggregate.op.text.to_ascii_lowercase();
        if let Some(parameter) = &aggregate.parameter {
            if op == "quantile" {
                self.rank(parameter);
            }
            self.settled(parameter);
        }
        let counts = matches!(op.as_str(), "count" | "group");
        let facts = if counts { self.node(&aggregate.argument) } else { self.settled(&aggregate.argument) };
        if matches!(op.as_str(), "sum" | "avg") {
            self.ratio_inside(&op, &aggregate.argument);
        }
        let mut labels = match &aggregate.grouping {
            _ if matches!(op.as_str(), "topk" | "bottomk" | "limitk" | "limit_ratio") => {
                if let Some(grouping) = &aggregate.grouping {
                    self.grouped(grouping, &aggregate.argument, &facts.labels);
                }
                facts.labels
            }
            Some(grouping) => self.grouped(grouping, &aggregate.argument, &facts.labels),
            None => LabelSet::none(),
        };
        if op == "count_values"
            && let Some(NodeKind::Text(label)) = aggregate.parameter.as_ref().map(|parameter| &parameter.kind)
        {
            labels.add(label, false);
        }
        let value = match facts.value {
            Value::Rate { of } if matches!(op.as_str(), "sum" | "avg" | "min" | "max" | "topk" | "bottomk") => {
                Value::Rate { of }
            }
            Value::Unknown => Value::Unknown,
            // The largest and the smallest of several quantiles still lie below the last bound.
            Value::Level { quantile } => Value::Level { quantile: quantile && !matches!(op.as_str(), "sum" | "count") },
            _ => Value::Level { quantile: false },
        };
        Facts { value, labels, last_bound: facts.last_bound }
    }

    /// The labels that remain; every one that is named has to be there.
    fn grouped(&mut self, grouping: &Grouping, argument: &Node, inner: &LabelSet) -> LabelSet {
        let mut kept = if grouping.keeps { LabelSet::none() } else { inner.clone() };
        for label in &grouping.labels {
            if self.filled.is_variable(&label.span) {
                kept = kept.opened();
                continue;
            }
            if !inner.may_have(&label.text) {
                let owner = owner(argument);
                self.unknown_label(&owner, &label.text, label.span.clone(), inner.names());
            }
            if grouping.keeps {
                kept.add(&label.text, false);
            } else {
                kept.remove(&label.text);
            }
        }
        kept
    }

    /// A sum of ratios of rates is no ratio: a rarely used tool would weigh as much as a busy one. Ratios of levels, such as
    /// each machine's free memory, may weigh the same.
    fn ratio_inside(&mut self, op: &str, argument: &Node) {
        if let NodeKind::Binary(binary) = &argument.bare().kind
            && binary.op.text == "/"
            && is_of_rate(&binary.left)
            && is_of_rate(&binary.right)
        {
            let problem = Problem::new(
                format!("a division inside of `{op}`: each series weighs the same"),
                argument.span.clone(),
            );
            let problem = problem.help(format!("divide the results: `{op}(...) / {op}(...)`"));
            self.report(problem.lint(Lint::RatioInside));
        }
    }
}

/// Whether it is a rate or a sum of rates.
fn is_of_rate(node: &Node) -> bool {
    match &node.bare().kind {
        NodeKind::Call { function, .. } => is_rate(&function.text),
        NodeKind::Aggregate(aggregate) => is_of_rate(&aggregate.argument),
        _ => false,
    }
}

/// A longer name is not quoted.
const LONGEST_OWNER: usize = 200;

/// How a message names what is aggregated.
fn owner(argument: &Node) -> String {
    let mut names: Vec<&str> = Vec::new();
    argument.selectors(&mut |selector, _| names.extend(selector.name.as_ref().map(|word| word.text.as_str())));
    let aggregated = matches!(&argument.bare().kind, NodeKind::Aggregate(_) | NodeKind::Binary(_));
    match names.as_slice() {
        [name] if !aggregated && name.len() <= LONGEST_OWNER => format!("`{name}`"),
        _ => "what is aggregated here".to_owned(),
    }
}
