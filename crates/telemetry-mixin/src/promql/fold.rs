//! Lines by a label of free text, of which there may be hundreds: the greatest of them, and all others as one.

use super::expression::Expression;
use super::histograms::BOUND;
use super::tree::{AggregateNode, Binary, Node, NodeKind};

/// How many lines are shown beside that of the others.
const SHOWN: usize = 10;

/// The value of the label on the line of the others.
const OTHER: &str = "other";

/// The expression with its series beyond the greatest few folded into one, where it has one series for each value of a label
/// that `is_free`, by the metric's name and the label's: a sum, a maximum or a minimum of all others, the same quantile of
/// all others' values. `None` where there is nothing to fold, and for a share, whose parts nobody can add up any longer.
pub(crate) fn folded(expression: &Expression, is_free: impl Fn(&str, &str) -> bool) -> Option<String> {
    let text = expression.text();
    let node = &expression.parsed().ok()?.node;
    let (free, rest) = divided(node, &is_free)?;
    if let NodeKind::Call { arguments, .. } = &node.bare().kind {
        let [rank, buckets] = arguments.as_slice() else { return None };
        let NodeKind::Aggregate(aggregate) = &buckets.bare().kind else { return None };
        let is_native = aggregate.grouping.iter().flat_map(|grouping| &grouping.labels).all(|own| own.text != BOUND);
        return quantile(&text[rank.span.clone()], text, &aggregate.argument, (&free, &rest), is_native);
    }
    let whole = text.trim();
    let by = if rest.is_empty() { String::new() } else { format!(" by ({})", rest.join(", ")) };
    let op = &summed(node)?.op.text;
    let others = format!("{op}{by} ({whole} unless topk({SHOWN}, {whole}))");
    Some(format!("topk({SHOWN}, {whole}) or {}", named(&others, &free)))
}

/// The labels that are free, and the others without `le`, of an expression that can be folded.
fn divided<'a>(node: &'a Node, is_free: &impl Fn(&str, &str) -> bool) -> Option<(Vec<&'a str>, Vec<&'a str>)> {
    let aggregate = match &node.bare().kind {
        NodeKind::Call { function, arguments } if function.text == "histogram_quantile" => {
            let NodeKind::Aggregate(aggregate) = &arguments.get(1)?.bare().kind else { return None };
            aggregate
        }
        _ => summed(node)?,
    };
    let of_buckets = matches!(&node.bare().kind, NodeKind::Call { .. });
    let grouping = aggregate.grouping.as_ref().filter(|grouping| grouping.keeps)?;
    let labels = || grouping.labels.iter().map(|label| label.text.as_str());
    let is_sound = if of_buckets { aggregate.op.text == "sum" } else { labels().all(|label| label != BOUND) };
    let metric = metric(&aggregate.argument).filter(|_| is_sound)?;
    let (free, rest): (Vec<&str>, Vec<&str>) =
        labels().filter(|label| *label != BOUND).partition(|label| is_free(metric, label));
    (!free.is_empty()).then_some((free, rest))
}

/// The aggregation, where the expression is one whose results can be aggregated again, or is that times a number.
fn summed(node: &Node) -> Option<&AggregateNode> {
    match &node.bare().kind {
        NodeKind::Aggregate(aggregate) if matches!(aggregate.op.text.as_str(), "sum" | "max" | "min") => {
            Some(aggregate)
        }
        NodeKind::Binary(Binary { op, left, right, .. }) if matches!(op.text.as_str(), "*" | "/") => {
            let is_number = |node: &Node| matches!(node.bare().kind, NodeKind::Number(_));
            match (is_number(left), is_number(right)) {
                (false, true) => summed(left),
                (true, false) if op.text == "*" => summed(right),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The one metric that is read.
fn metric(node: &Node) -> Option<&str> {
    let mut names = Vec::new();
    node.selectors(&mut |selector, _| names.push(selector.name.as_ref().map(|name| name.text.as_str())));
    if let [name] = names[..] { name } else { None }
}

/// A quantile of buckets or of native histograms: the greatest are those with the most values, which the bucket without a
/// bound counts.
fn quantile(
    rank: &str,
    text: &str,
    buckets: &Node,
    (free, rest): (&[&str], &[&str]),
    is_native: bool,
) -> Option<String> {
    let rated = &text[buckets.span.clone()];
    let counted = if is_native { format!("histogram_count({rated})") } else { with_last_bucket(text, buckets)? };
    let labels = free.join(", ");
    let most = format!("topk({SHOWN}, sum by ({labels}) ({counted}))");
    let bound = || if is_native { None } else { Some(BOUND) };
    let kept: Vec<&str> = bound().into_iter().chain(free.iter().copied()).chain(rest.iter().copied()).collect();
    let left: Vec<&str> = bound().into_iter().chain(rest.iter().copied()).collect();
    let left = if left.is_empty() { String::new() } else { format!(" by ({}) ", left.join(", ")) };
    let greatest = format!("sum by ({}) ({rated} and on ({labels}) {most})", kept.join(", "));
    let others = format!("sum{left}({rated} unless on ({labels}) {most})");
    Some(format!("histogram_quantile({rank}, {greatest} or {})", named(&others, free)))
}

/// The buckets without a bound, of rated buckets.
fn with_last_bucket(text: &str, argument: &Node) -> Option<String> {
    let mut place = None;
    argument.selectors(&mut |selector, _| {
        place = match (&selector.braces, &selector.name) {
            (Some(braces), _) => {
                let is_empty = text[braces.start + 1..braces.end - 1].trim().is_empty();
                Some((braces.start + 1, if is_empty { "le=\"+Inf\"" } else { "le=\"+Inf\", " }))
            }
            (None, Some(name)) => Some((name.span.end, "{le=\"+Inf\"}")),
            (None, None) => None,
        };
    });
    let (at, added) = place?;
    Some(format!("{}{added}{}", &text[argument.span.start..at], &text[at..argument.span.end]))
}

/// The others under their own name: the first of the labels says what they are, and there are no more.
fn named(others: &str, free: &[&str]) -> String {
    format!("label_replace({others}, \"{}\", \"{OTHER}\", \"\", \"\")", free[0])
}
