//! What is wrong with rates, quantiles and other functions.

use promql_parser::label::MatchOp;

use super::walk::Walk;
use crate::promql::facts::{Counted, Facts, Value};
use crate::promql::function::{after_aggregation, ignores_value, is_delta, is_rate, passes_value};
use crate::promql::histograms::BOUND;
use crate::promql::labels::LabelSet;
use crate::promql::lint::Lint;
use crate::promql::problem::Problem;
use crate::promql::tree::{NAME_LABEL, Node, NodeKind, Span, Word};

impl Walk<'_> {
    pub(super) fn call(&mut self, function: &Word, arguments: &[Node]) -> Facts {
        match function.text.as_str() {
            "histogram_quantile" => self.histogram_quantile(arguments),
            "time" | "scalar" | "pi" | "start" | "end" | "step" => {
                arguments.iter().for_each(|argument| drop(self.settled(argument)));
                Facts::scalar()
            }
            "vector" => {
                arguments.iter().for_each(|argument| drop(self.settled(argument)));
                Facts::level(LabelSet::none())
            }
            "quantile_over_time" => {
                if let Some(rank) = arguments.first() {
                    self.rank(rank);
                }
                let facts = arguments.get(1).map_or_else(Facts::unknown, |range| self.settled(range));
                Facts::level(facts.labels)
            }
            "absent" | "absent_over_time" => self.absent(arguments),
            "histogram_count" | "histogram_sum" => {
                let facts = self.of_native(function, arguments);
                match facts.value {
                    Value::Rate { .. } => Facts { value: Value::Rate { of: Counted::Number }, ..facts },
                    _ => facts,
                }
            }
            "histogram_avg" | "histogram_fraction" | "histogram_stddev" | "histogram_stdvar" => {
                Facts::level(self.of_native(function, arguments).labels)
            }
            "info" => self.info(arguments),
            name if is_rate(name) => self.rate(function, arguments),
            name if is_delta(name) => self.delta(function, arguments),
            name if ignores_value(name) => {
                let facts = arguments.first().map_or_else(Facts::unknown, |argument| self.node(argument));
                Facts::level(facts.labels)
            }
            name if passes_value(name) => self.passed_on(name, arguments),
            _ => self.plain(arguments),
        }
    }

    /// A function of a native histogram, which stands last: of classic buckets it has no result.
    fn of_native(&mut self, function: &Word, arguments: &[Node]) -> Facts {
        let Some((histogram, others)) = arguments.split_last() else { return Facts::unknown() };
        others.iter().for_each(|argument| drop(self.settled(argument)));
        let facts = self.settled(histogram);
        if facts.value == (Value::Rate { of: Counted::Bucket }) {
            let message = format!("`{}` of a classic histogram's buckets, which has no result", function.text);
            let problem = Problem::new(message, function.span.clone()).lint(Lint::Quantile);
            self.report(problem.help("read `_count` or `_sum`, or a bucket by its bound"));
        }
        facts
    }

    /// Any other function: it calculates with every argument, and the first vector gives the labels.
    fn plain(&mut self, arguments: &[Node]) -> Facts {
        let evaluated: Vec<Facts> = arguments.iter().map(|argument| self.settled(argument)).collect();
        let vector = evaluated.into_iter().find(|facts| !facts.is_scalar());
        match vector {
            Some(facts) if matches!(facts.value, Value::Rate { .. } | Value::Unknown) => facts,
            Some(facts) => Facts::level(facts.labels),
            // `hour()` and its like, without an argument, have one series without labels.
            None => Facts::level(LabelSet::none()),
        }
    }

    fn passed_on(&mut self, function: &str, arguments: &[Node]) -> Facts {
        let mut facts = arguments.first().map_or_else(Facts::unknown, |argument| self.node(argument));
        if matches!(function, "label_replace" | "label_join")
            && let Some(NodeKind::Text(label)) = arguments.get(1).map(|argument| &argument.kind)
        {
            facts.labels.add(label, false);
        }
        facts
    }

    /// The first argument, with labels of what is known of the process: those that the second names, or all there are.
    fn info(&mut self, arguments: &[Node]) -> Facts {
        let mut facts = arguments.first().map_or_else(Facts::unknown, |argument| self.node(argument));
        let Some(NodeKind::Instant(selector)) = arguments.get(1).map(|argument| &argument.kind) else {
            return Facts { labels: facts.labels.opened(), ..facts };
        };
        if !selector.is_nameless() {
            drop(self.settled(&arguments[1]));
        }
        let mut labels = selector.matchers.iter().filter(|matcher| matcher.label.text != NAME_LABEL).peekable();
        if labels.peek().is_none() {
            return Facts { labels: facts.labels.opened(), ..facts };
        }
        for matcher in labels {
            let label = &matcher.label.text;
            if !facts.labels.may_have(label) {
                facts.labels.add(label, true);
            }
        }
        facts
    }

    fn rate(&mut self, function: &Word, arguments: &[Node]) -> Facts {
        let Some(argument) = arguments.first() else { return Facts::unknown() };
        if let Some(problem) = aggregated_before(&function.text, argument) {
            self.report(problem);
            return Facts::unknown();
        }
        let facts = self.node(argument);
        match &facts.value {
            Value::Accumulated { of, .. } => {
                Facts { value: Value::Rate { of: *of }, labels: facts.labels, last_bound: facts.last_bound }
            }
            Value::Unknown | Value::Scalar => Facts { value: Value::Unknown, ..facts },
            Value::Level { .. } | Value::Rate { .. } => {
                self.rate_of_gauge(function, argument, &facts);
                Facts { value: Value::Unknown, labels: facts.labels, last_bound: None }
            }
        }
    }

    fn rate_of_gauge(&mut self, function: &Word, argument: &Node, facts: &Facts) {
        let name = first_name(argument);
        let what = match (&name, &facts.value) {
            (Some(name), Value::Rate { .. }) => format!("`{name}`, which is a rate already"),
            (Some(name), _) => match self.schema.get(name) {
                Some(series) => format!("`{name}`, which is {}", series.kind.describe()),
                None => format!("`{name}`"),
            },
            (None, _) => "what is no counter".to_owned(),
        };
        let problem =
            Problem::new(format!("`{}` of {what}", function.text), function.span.clone()).lint(Lint::WrongFunction);
        let name = name.unwrap_or_else(|| "...".to_owned());
        let better = if function.text == "increase" { "delta" } else { "deriv" };
        self.report(problem.help(format!("a gauge falls too: `{better}({name}[{}])`", self.role.window())));
    }

    fn delta(&mut self, function: &Word, arguments: &[Node]) -> Facts {
        let evaluated: Vec<Facts> = arguments.iter().map(|argument| self.node(argument)).collect();
        let Some(facts) = evaluated.into_iter().next() else { return Facts::unknown() };
        if let Value::Accumulated { name, .. } = &facts.value {
            let better = if function.text == "delta" { "increase" } else { "rate" };
            let message = format!("`{}` of `{name}`, a counter: a restart would look like a fall", function.text);
            let problem = Problem::new(message, function.span.clone()).lint(Lint::WrongFunction);
            self.report(problem.help(format!("take `{better}({name}[{}])`", self.role.window())));
        }
        Facts::level(facts.labels)
    }

    /// The result of `absent` carries the labels that its selector fixes.
    fn absent(&mut self, arguments: &[Node]) -> Facts {
        let Some(argument) = arguments.first() else { return Facts::unknown() };
        self.node(argument);
        let labels = match &argument.bare().kind {
            NodeKind::Instant(selector) | NodeKind::Range(selector) => {
                let fixed = selector.matchers.iter().filter(|matcher| matches!(matcher.op, MatchOp::Equal));
                LabelSet::of(fixed.map(|matcher| matcher.label.text.as_str()))
            }
            _ => LabelSet::none(),
        };
        Facts::level(labels)
    }

    fn histogram_quantile(&mut self, arguments: &[Node]) -> Facts {
        let [rank, buckets] = arguments else { return Facts::unknown() };
        self.rank(rank);
        let mut facts = self.node(buckets);
        match &facts.value {
            Value::Accumulated { name, of: Counted::Bucket | Counted::Histogram } => {
                let problem = Problem::new(
                    format!("`histogram_quantile` of `{name}` raw: the quantile since the process started"),
                    selector_place(buckets),
                )
                .lint(Lint::Quantile);
                self.report(problem.help(format!("take `rate({name}[{}])`", self.role.window())));
            }
            Value::Unknown if facts.labels.is_open() => {}
            Value::Rate { of: Counted::Bucket } if !facts.labels.may_have(BOUND) => {
                let problem =
                    Problem::new("`histogram_quantile` without `le`, which the aggregation drops", head(buckets))
                        .lint(Lint::Quantile);
                self.report(problem.help(with_le(buckets)));
            }
            Value::Rate { of: Counted::Bucket | Counted::Histogram } | Value::Unknown => {}
            _ => {
                let problem =
                    Problem::new("`histogram_quantile` without `le`: these are no buckets", buckets.span.clone())
                        .lint(Lint::Quantile);
                let help = first_name(buckets).map_or_else(
                    || "it takes the rate of a histogram's `_bucket`".to_owned(),
                    |name| format!("`{name}` has no `le`: take the rate of a histogram's `_bucket`"),
                );
                self.report(problem.help(help));
            }
        }
        facts.labels.remove(BOUND);
        Facts { value: Value::Level { quantile: true }, labels: facts.labels, last_bound: facts.last_bound }
    }

    /// A quantile's rank lies between 0 and 1.
    pub(super) fn rank(&mut self, rank: &Node) {
        if let NodeKind::Number(value) = rank.bare().kind
            && !(0.0..=1.0).contains(&value)
            && !self.filled.is_variable(&rank.span)
        {
            let problem = Problem::new(format!("a quantile of {value} lies outside of 0 to 1"), rank.span.clone())
                .lint(Lint::Quantile);
            let percent = (2.0..=100.0).contains(&value);
            self.report(if percent { problem.help(format!("write {}", value / 100.0)) } else { problem });
        }
    }
}

/// `rate(sum(x)[5m:])`: the sum of raw counters inside of a subquery.
fn aggregated_before(function: &str, argument: &Node) -> Option<Problem> {
    let NodeKind::Subquery(inner) = &argument.bare().kind else { return None };
    let NodeKind::Aggregate(aggregate) = &inner.bare().kind else { return None };
    matches!(aggregate.argument.bare().kind, NodeKind::Instant(_))
        .then(|| after_aggregation(function, &aggregate.op.text, argument.span.clone()))
}

fn first_name(node: &Node) -> Option<String> {
    let mut name = None;
    node.selectors(&mut |selector, _| {
        if name.is_none() {
            name = selector.name.as_ref().map(|word| word.text.clone());
        }
    });
    name
}

fn selector_place(node: &Node) -> Span {
    let mut place = None;
    node.selectors(&mut |_, span| {
        place.get_or_insert(span.clone());
    });
    place.unwrap_or_else(|| node.span.clone())
}

/// The aggregation up to its parenthesis, where the grouping is missing.
fn head(buckets: &Node) -> Span {
    match &buckets.bare().kind {
        NodeKind::Aggregate(aggregate) => {
            let labels = aggregate.grouping.iter().flat_map(|grouping| &grouping.labels);
            let before = labels.map(|label| label.span.end).filter(|end| *end < aggregate.argument.span.start).max();
            aggregate.op.span.start..before.map_or(aggregate.op.span.end, |end| end + 1)
        }
        _ => buckets.span.clone(),
    }
}

fn with_le(buckets: &Node) -> String {
    let NodeKind::Aggregate(aggregate) = &buckets.bare().kind else {
        return "keep the label `le`".to_owned();
    };
    let kept: Vec<&str> = match &aggregate.grouping {
        Some(grouping) if grouping.keeps => grouping.labels.iter().map(|label| label.text.as_str()).collect(),
        Some(_) => return "do not drop `le`".to_owned(),
        None => Vec::new(),
    };
    let labels: Vec<&str> = std::iter::once(BOUND).chain(kept).collect();
    format!("write `{} by ({}) (...)`", aggregate.op.text, labels.join(", "))
}
