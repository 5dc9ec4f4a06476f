//! What is wrong with arithmetic, comparisons and the matching of their sides.

use super::walk::Walk;
use crate::promql::facts::{Counted, Facts, Value};
use crate::promql::labels::LabelSet;
use crate::promql::lint::Lint;
use crate::promql::problem::Problem;
use crate::promql::suggest::listing;
use crate::promql::tree::{Binary, Node, NodeKind};

impl Walk<'_> {
    pub(super) fn binary(&mut self, binary: &Binary) -> Facts {
        let left = self.side(binary, &binary.left);
        let right = self.side(binary, &binary.right);
        if binary.is_comparison() {
            self.never_true(binary, &left);
            self.of_histograms(binary, &left, &right);
        }
        match (left.is_scalar(), right.is_scalar()) {
            (true, true) => Facts::scalar(),
            (false, true) => combined(binary, left, None),
            (true, false) => combined(binary, right, None),
            (false, false) => {
                self.sides(binary, &left.labels, &right.labels);
                let labels = match (&binary.many, binary.op.text.as_str()) {
                    (_, "or") => Some(left.labels.union(&right.labels)),
                    (_, "and" | "unless") => None,
                    (Some(many), _) => {
                        let mut labels = if many.left { left.labels.clone() } else { right.labels.clone() };
                        many.labels.iter().for_each(|label| labels.add(&label.text, false));
                        Some(labels)
                    }
                    (None, _) => self.matched(binary, &left.labels),
                };
                combined(binary, left, labels)
            }
        }
    }

    /// One side. Beside another condition it may ask whether a counter has counted anything yet, as `calls_total > 0 and …`.
    fn side(&mut self, binary: &Binary, side: &Node) -> Facts {
        if binary.is_set_operator()
            && let NodeKind::Binary(condition) = &side.bare().kind
            && condition.is_comparison()
            && let (NodeKind::Instant(selector), NodeKind::Number(_)) =
                (&condition.left.bare().kind, &condition.right.bare().kind)
            && let Some(series) = selector.name.as_ref().and_then(|name| self.schema.get(&name.text))
            && series.kind.accumulates()
        {
            return Facts::level(self.node(&condition.left).labels);
        }
        self.settled(side)
    }

    /// One-to-one arithmetic keeps the labels that were matched on; a comparison keeps the left side's, too.
    fn matched(&self, binary: &Binary, left: &LabelSet) -> Option<LabelSet> {
        let matching = binary.matching.as_ref()?;
        if matching.keeps {
            return Some(LabelSet::of(matching.labels.iter().map(|label| label.text.as_str())));
        }
        let mut labels = left.clone();
        matching.labels.iter().for_each(|label| labels.remove(&label.text));
        Some(labels)
    }

    /// Series of both sides find each other by their labels, so both sides need the same.
    fn sides(&mut self, binary: &Binary, left: &LabelSet, right: &LabelSet) {
        if binary.op.text == "or" {
            return;
        }
        if let Some(matching) = &binary.matching {
            for label in &matching.labels {
                if self.filled.is_variable(&label.span) {
                    return;
                }
                for (side, labels) in [("left", left), ("right", right)] {
                    let known_elsewhere =
                        !matching.keeps && (left.may_have(&label.text) || right.may_have(&label.text));
                    if !labels.may_have(&label.text) && !known_elsewhere {
                        let owner = format!("the {side} side of `{}`", binary.op.text);
                        self.unknown_label(&owner, &label.text, label.span.clone(), labels.names());
                    }
                }
            }
            if matching.keeps {
                return;
            }
        }
        let ignored = |label: &String| {
            binary.matching.as_ref().is_some_and(|matching| matching.labels.iter().any(|word| word.text == *label))
        };
        let only_left: Vec<String> = left.surplus(right).into_iter().filter(|label| !ignored(label)).collect();
        let only_right: Vec<String> = right.surplus(left).into_iter().filter(|label| !ignored(label)).collect();
        if only_left.is_empty() && only_right.is_empty() {
            return;
        }
        let has = |labels: &[String]| listing(labels.iter().map(String::as_str));
        let difference = match (only_left.is_empty(), only_right.is_empty()) {
            (false, true) => format!("only the left one has {}", has(&only_left)),
            (true, _) => format!("only the right one has {}", has(&only_right)),
            (false, false) => {
                format!("only the left one has {}, only the right one {}", has(&only_left), has(&only_right))
            }
        };
        let message = format!("the sides of `{}` have different labels: {difference}", binary.op.text);
        let problem = Problem::new(message, binary.op.span.clone()).lint(Lint::DifferentLabels);
        self.report(problem.help("aggregate both sides by the same labels, or say which ones match with `on (...)`"));
    }

    /// Prometheus leaves out what compares a histogram.
    fn of_histograms(&mut self, binary: &Binary, left: &Facts, right: &Facts) {
        let is_histogram = |facts: &Facts| facts.value == Value::Rate { of: Counted::Histogram };
        if is_histogram(left) || is_histogram(right) {
            let message = format!("`{}` of a native histogram, which is no number", binary.op.text);
            let problem = Problem::new(message, binary.op.span.clone()).lint(Lint::NeverTrue);
            self.report(problem.help("compare its `histogram_count(...)`, `histogram_sum(...)` or a quantile"));
        }
    }

    /// A quantile never exceeds the histogram's last finite bound, which is what Prometheus answers for the rest.
    fn never_true(&mut self, binary: &Binary, left: &Facts) {
        let (Value::Level { quantile: true }, Some(bound)) = (&left.value, left.last_bound) else { return };
        let NodeKind::Number(limit) = binary.right.bare().kind else { return };
        if self.filled.is_variable(&binary.right.span) {
            return;
        }
        let never = match binary.op.text.as_str() {
            ">" => limit >= bound,
            ">=" | "==" => limit > bound,
            _ => false,
        };
        if never {
            let span = binary.op.span.start..binary.right.span.end;
            let message = format!("never true: a quantile of this histogram is {bound} at most, its last bucket");
            let help =
                if limit == bound { format!("write `>= {bound}`") } else { format!("compare with {bound} or less") };
            self.report(Problem::new(message, span).help(help).lint(Lint::NeverTrue));
        }
    }
}

fn combined(binary: &Binary, vector: Facts, labels: Option<LabelSet>) -> Facts {
    let labels = labels.unwrap_or(vector.labels);
    let keeps_value = (binary.is_comparison() && !binary.returns_bool) || binary.is_set_operator();
    if keeps_value {
        return Facts { labels, ..vector };
    }
    let scaled = matches!(binary.op.text.as_str(), "*" | "/") && (is_number(&binary.left) || is_number(&binary.right));
    let value = match vector.value {
        Value::Rate { of } if scaled => Value::Rate { of },
        Value::Unknown => Value::Unknown,
        _ => Value::Level { quantile: false },
    };
    Facts { value, labels, last_bound: vector.last_bound }
}

fn is_number(node: &Node) -> bool {
    matches!(node.bare().kind, NodeKind::Number(_))
}
