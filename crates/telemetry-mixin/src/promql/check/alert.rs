//! What an alert's expression has to keep beyond a panel's.

use crate::promql::lint::Lint;
use crate::promql::problem::Problem;
use crate::promql::tree::{AggregateNode, Node, NodeKind};

/// What an alert's expression has to keep beyond a panel's.
pub(super) fn check(node: &Node, problems: &mut Vec<Problem>) {
    if !decides(node) {
        problems.push(
            Problem::new(
                "an alert needs an explicit comparison: this fires whenever there is a value",
                node.span.clone(),
            )
            .help("write what the value is compared with, such as `... > 0`")
            .lint(Lint::NoComparison),
        );
    }
    limits(node, None, problems);
}

/// Whether the expression has a result only under a condition: what is calculated of nothing is nothing. `vector(1)` is the
/// watchdog, which always fires.
fn decides(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Paren(inner) | NodeKind::Unary(inner) | NodeKind::Subquery(inner) => decides(inner),
        NodeKind::Aggregate(aggregate) => decides(&aggregate.argument),
        NodeKind::Binary(binary) if binary.is_comparison() && !binary.returns_bool => true,
        NodeKind::Binary(binary) => match binary.op.text.as_str() {
            "or" => decides(&binary.left) && decides(&binary.right),
            // What is gone, what is new: the other side is the condition.
            "unless" => true,
            _ => decides(&binary.left) || decides(&binary.right),
        },
        NodeKind::Call { function, arguments } => match function.text.as_str() {
            "absent" | "absent_over_time" => true,
            "vector" => arguments.first().is_some_and(|argument| matches!(argument.bare().kind, NodeKind::Number(_))),
            // They have a value whatever they are given.
            "scalar" | "time" | "pi" => false,
            _ => arguments.iter().any(decides),
        },
        NodeKind::Number(_) | NodeKind::Text(_) | NodeKind::Instant(_) | NodeKind::Range(_) => false,
    }
}

/// `topk` changes its members from evaluation to evaluation, so that no alert on them ever reaches its `for`. Within an
/// aggregation by labels that are the same for all members, only the value changes.
fn limits<'a>(node: &'a Node, kept: Option<&'a AggregateNode>, problems: &mut Vec<Problem>) {
    match &node.kind {
        NodeKind::Aggregate(aggregate) => {
            let chooses = ["topk", "bottomk", "limitk", "limit_ratio"];
            if !chooses.iter().any(|op| aggregate.op.text.eq_ignore_ascii_case(op)) {
                return limits(&aggregate.argument, Some(aggregate), problems);
            }
            if !kept.is_some_and(|outer| has_labels_of_groups(outer, aggregate)) {
                let message = format!("`{}` in an alert: its members change at every evaluation", aggregate.op.text);
                problems.push(
                    Problem::new(message, aggregate.op.span.clone())
                        .help("compare each series instead")
                        .lint(Lint::ChangingMembers),
                );
            }
            limits(&aggregate.argument, kept, problems);
        }
        NodeKind::Binary(binary) => {
            // Whichever members the one side of a join has, it only gives labels to those of the other.
            let gives_labels = |left: bool| binary.many.as_ref().is_some_and(|many| many.left != left);
            if !gives_labels(true) {
                limits(&binary.left, kept, problems);
            }
            if !gives_labels(false) {
                limits(&binary.right, kept, problems);
            }
        }
        NodeKind::Call { arguments, .. } => arguments.iter().for_each(|argument| limits(argument, kept, problems)),
        NodeKind::Subquery(inner) | NodeKind::Unary(inner) | NodeKind::Paren(inner) => limits(inner, kept, problems),
        NodeKind::Number(_) | NodeKind::Text(_) | NodeKind::Instant(_) | NodeKind::Range(_) => {}
    }
}

/// Whether an aggregation keeps no label but those by which the inner one has its groups.
fn has_labels_of_groups(outer: &AggregateNode, inner: &AggregateNode) -> bool {
    let groups = inner.grouping.as_ref();
    outer.op.text != "count_values"
        && outer.grouping.as_ref().is_none_or(|kept| {
            kept.keeps
                && kept.labels.iter().all(|label| {
                    groups.is_some_and(|groups| groups.keeps && groups.labels.iter().any(|own| own.text == label.text))
                })
        })
}
