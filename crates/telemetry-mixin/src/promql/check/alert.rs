//! What an alert's expression has to keep beyond a panel's.

use crate::promql::problem::Problem;
use crate::promql::tree::{Node, NodeKind};

/// What an alert's expression has to keep beyond a panel's.
pub(super) fn check(node: &Node, problems: &mut Vec<Problem>) {
    if !decides(node) {
        problems.push(
            Problem::new(
                "an alert needs an explicit comparison: this fires whenever there is a value",
                node.span.clone(),
            )
            .help("write what the value is compared with, such as `... > 0`"),
        );
    }
    limits(node, problems);
}

/// Whether the expression has a result only under a condition. `vector(1)` is the watchdog, which always fires.
fn decides(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Paren(inner) => decides(inner),
        NodeKind::Binary(binary) if binary.is_comparison() => !binary.returns_bool,
        NodeKind::Binary(binary) => match binary.op.text.as_str() {
            "and" => decides(&binary.left) || decides(&binary.right),
            "or" => decides(&binary.left) && decides(&binary.right),
            "unless" => decides(&binary.left),
            // `time() - (x > 0) > 600` compares outside; arithmetic inside of nothing does not decide.
            _ => false,
        },
        NodeKind::Call { function, arguments } => match function.text.as_str() {
            "absent" | "absent_over_time" => true,
            "vector" => arguments.first().is_some_and(|argument| matches!(argument.bare().kind, NodeKind::Number(_))),
            _ => false,
        },
        _ => false,
    }
}

/// `topk` changes its members from evaluation to evaluation, so that no alert ever reaches its `for`.
fn limits(node: &Node, problems: &mut Vec<Problem>) {
    match &node.kind {
        NodeKind::Aggregate(aggregate) => {
            if matches!(aggregate.op.text.to_ascii_lowercase().as_str(), "topk" | "bottomk" | "limitk" | "limit_ratio")
            {
                let message = format!("`{}` in an alert: its members change at every evaluation", aggregate.op.text);
                problems.push(Problem::new(message, aggregate.op.span.clone()).help("compare each series instead"));
            }
            limits(&aggregate.argument, problems);
        }
        NodeKind::Binary(binary) => {
            limits(&binary.left, problems);
            limits(&binary.right, problems);
        }
        NodeKind::Call { arguments, .. } => arguments.iter().for_each(|argument| limits(argument, problems)),
        NodeKind::Subquery(inner) | NodeKind::Unary(inner) | NodeKind::Paren(inner) => limits(inner, problems),
        NodeKind::Number(_) | NodeKind::Text(_) | NodeKind::Instant(_) | NodeKind::Range(_) => {}
    }
}
