//! What a PromQL expression means, whichever of several ways it is written in.

use std::collections::BTreeMap;

use promql_parser::label::{Labels, Matcher, Matchers};
use promql_parser::parser::{self, BinModifier, BinaryExpr, Expr, LabelModifier, VectorSelector};

/// Recorded series by the name of their rule.
pub(super) type Recorded = BTreeMap<String, Expr>;

/// Grafana's variables that stand for durations, and durations that nobody writes.
const DURATIONS: [(&str, &str); 2] = [("$__rate_interval", "1111111s"), ("$__range", "2222222s")];

/// The canonical form of an expression. Equal forms mean the same:
///
/// - parentheses that the tree does not need, and the order of grouping labels and matchers, are nothing;
/// - a recorded series is its rule's expression;
/// - the matchers that the generator adds are nothing;
/// - a sum over a sum that keeps its labels is one sum;
/// - the greatest series and the others folded into one are all series, and an instance under its host's name is itself;
/// - `(a or 0 * b) / (b > 0)` is `a / b`, with 0 where only `a` is missing and nothing where `b` is 0.
pub(super) fn canonical(text: &str, recorded: &Recorded) -> Expr {
    let mut filled = text.to_owned();
    for (variable, duration) in DURATIONS {
        filled = filled.replace(variable, duration);
    }
    let parsed = parser::parse(&filled).unwrap_or_else(|error| panic!("{text}: {error}"));
    simplified(parsed, recorded)
}

/// The names of the series that an expression selects.
pub(super) fn selected(expr: &Expr) -> Vec<String> {
    let mut names = Vec::new();
    collect(expr, &mut names);
    names
}

fn collect(expr: &Expr, names: &mut Vec<String>) {
    match expr {
        Expr::VectorSelector(selector) => names.extend(selector.name.clone()),
        Expr::MatrixSelector(selector) => names.extend(selector.vs.name.clone()),
        Expr::Aggregate(aggregate) => {
            collect(&aggregate.expr, names);
            if let Some(param) = &aggregate.param {
                collect(param, names);
            }
        }
        Expr::Binary(binary) => {
            collect(&binary.lhs, names);
            collect(&binary.rhs, names);
        }
        Expr::Unary(unary) => collect(&unary.expr, names),
        Expr::Paren(paren) => collect(&paren.expr, names),
        Expr::Subquery(subquery) => collect(&subquery.expr, names),
        Expr::Call(call) => call.args.args.iter().for_each(|arg| collect(arg, names)),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
    }
}

fn simplified(expr: Expr, recorded: &Recorded) -> Expr {
    let inner = |expr: Box<Expr>| Box::new(simplified(*expr, recorded));
    match expr {
        Expr::Paren(paren) => simplified(*paren.expr, recorded),
        Expr::VectorSelector(selector) => {
            let selector = plain(selector);
            let rule = selector.name.as_ref().and_then(|name| recorded.get(name));
            match rule {
                Some(rule) if selector == VectorSelector::from(selector.name.clone().unwrap_or_default()) => {
                    rule.clone()
                }
                _ => Expr::VectorSelector(selector),
            }
        }
        Expr::MatrixSelector(mut selector) => {
            selector.vs = plain(selector.vs);
            Expr::MatrixSelector(selector)
        }
        Expr::Aggregate(mut aggregate) => {
            aggregate.expr = inner(aggregate.expr);
            aggregate.param = aggregate.param.map(inner);
            aggregate.modifier = aggregate.modifier.map(ordered);
            while let Some(summed) = sum_of_sum(&aggregate) {
                aggregate.expr = summed;
            }
            Expr::Aggregate(aggregate)
        }
        Expr::Binary(mut binary) => {
            (binary.lhs, binary.rhs) = (inner(binary.lhs), inner(binary.rhs));
            if let Some(modifier) = &mut binary.modifier {
                modifier.matching = modifier.matching.take().map(ordered);
            }
            if let Some(shown) = presented(&binary) {
                return simplified(shown, recorded);
            }
            if let Some(part) = guarded_ratio(&binary) {
                let Expr::Binary(guard) = *binary.rhs else { unreachable!("a guarded ratio divides by a comparison") };
                (binary.lhs, binary.rhs) = (part, guard.lhs);
            }
            Expr::Binary(binary)
        }
        Expr::Unary(mut unary) => {
            unary.expr = inner(unary.expr);
            Expr::Unary(unary)
        }
        Expr::Subquery(mut subquery) => {
            subquery.expr = inner(subquery.expr);
            Expr::Subquery(subquery)
        }
        Expr::Call(mut call) => {
            call.args.args = call.args.args.into_iter().map(inner).collect();
            Expr::Call(call)
        }
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => expr,
    }
}

/// An alert's canonical form with `job` in every aggregation, and in every `on (…)` that names labels: so the contract's head
/// has it, whether or not an expression writes it.
pub(super) fn of_each_job(expr: Expr) -> Expr {
    let inner = |expr: Box<Expr>| Box::new(of_each_job(*expr));
    match expr {
        Expr::Aggregate(mut aggregate) => {
            aggregate.expr = inner(aggregate.expr);
            aggregate.modifier = Some(with_job(aggregate.modifier.unwrap_or_else(|| none_but(Vec::new()))));
            Expr::Aggregate(aggregate)
        }
        Expr::Binary(mut binary) => {
            (binary.lhs, binary.rhs) = (inner(binary.lhs), inner(binary.rhs));
            if let Some(modifier) = &mut binary.modifier
                && modifier.matching.as_ref().is_some_and(|matching| *matching != none_but(Vec::new()))
            {
                modifier.matching = modifier.matching.take().map(with_job);
            }
            Expr::Binary(binary)
        }
        Expr::Call(mut call) => {
            call.args.args = call.args.args.into_iter().map(inner).collect();
            Expr::Call(call)
        }
        other => other,
    }
}

fn none_but(labels: Vec<String>) -> LabelModifier {
    LabelModifier::Include(Labels { labels })
}

fn with_job(modifier: LabelModifier) -> LabelModifier {
    match modifier {
        LabelModifier::Include(mut labels) => {
            labels.labels.push("job".to_owned());
            ordered(LabelModifier::Include(labels))
        }
        excluded => excluded,
    }
}

fn plain(mut selector: VectorSelector) -> VectorSelector {
    assert!(selector.matchers.or_matchers.is_empty(), "{selector}: matchers joined by `or` have no canonical form");
    let mut matchers = selector.matchers.matchers;
    matchers.retain(|matcher| !is_choice(matcher));
    matchers.sort_by_key(ToString::to_string);
    selector.matchers = Matchers::new(matchers);
    selector
}

/// Whether it is what the generator adds to a panel's selectors: the choice of a variable that is called like the label.
fn is_choice(matcher: &Matcher) -> bool {
    matcher.to_string() == format!("{name}=~\"${name}\"", name = matcher.name)
}

fn ordered(modifier: LabelModifier) -> LabelModifier {
    let sorted = |labels: Labels| {
        let mut labels = labels.labels;
        labels.sort();
        labels.dedup();
        Labels { labels }
    };
    match modifier {
        LabelModifier::Include(labels) => LabelModifier::Include(sorted(labels)),
        LabelModifier::Exclude(labels) => LabelModifier::Exclude(sorted(labels)),
    }
}

/// What the inner sum sums, where the outer one keeps some of the labels that it keeps.
fn sum_of_sum(outer: &parser::AggregateExpr) -> Option<Box<Expr>> {
    let Expr::Aggregate(inner) = &*outer.expr else { return None };
    let is_sum = |aggregate: &parser::AggregateExpr| aggregate.op.to_string() == "sum";
    let kept = match &outer.modifier {
        None => &[],
        Some(LabelModifier::Include(labels)) => labels.labels.as_slice(),
        Some(LabelModifier::Exclude(_)) => return None,
    };
    let Some(LabelModifier::Include(there)) = &inner.modifier else { return None };
    let sums = is_sum(outer) && is_sum(inner) && kept.iter().all(|label| there.labels.contains(label));
    sums.then(|| inner.expr.clone())
}

/// The part in `(part or 0 * whole) / (whole > 0)`.
fn guarded_ratio(ratio: &BinaryExpr) -> Option<Box<Expr>> {
    let (Expr::Binary(or), Expr::Binary(guard)) = (&*ratio.lhs, &*ratio.rhs) else { return None };
    let Expr::Binary(zero) = &*or.rhs else { return None };
    let is = |binary: &BinaryExpr, op: &str| binary.op.to_string() == op;
    let is_zero = |expr: &Expr| *expr == Expr::from(0.0);
    let plainly = [ratio, guard, zero].iter().all(|binary| has_no_modifier(binary));
    let fits = is(ratio, "/") && is(or, "or") && is(guard, ">") && is(zero, "*");
    let guarded = is_zero(&guard.rhs) && is_zero(&zero.lhs) && guard.lhs == zero.rhs;
    (plainly && fits && guarded).then(|| or.lhs.clone())
}

/// What is shown where the generator folds all but the greatest series into one, or names instances by their hosts: in
/// `greatest or label_replace(rest, …)` the greatest are `topk(10, shown)`, or a sum of `shown and on (…) …`; the named ones
/// are `shown * on (instance) group_left (host) group by (…) (target_info)`.
fn presented(either: &BinaryExpr) -> Option<Expr> {
    let is = |op: &str, wanted: &str| op == wanted;
    let Expr::Call(rest) = &*either.rhs else { return None };
    if !is(&either.op.to_string(), "or") || rest.func.name != "label_replace" {
        return None;
    }
    match &*either.lhs {
        Expr::Aggregate(greatest) if is(&greatest.op.to_string(), "topk") => Some(*greatest.expr.clone()),
        Expr::Aggregate(greatest) => {
            let Expr::Binary(and) = &*greatest.expr else { return None };
            let is_fold = is(&and.op.to_string(), "and");
            is_fold.then(|| Expr::Aggregate(parser::AggregateExpr { expr: and.lhs.clone(), ..greatest.clone() }))
        }
        Expr::Binary(named) => {
            let Expr::Aggregate(hosts) = &*named.rhs else { return None };
            let is_host = is(&named.op.to_string(), "*") && is(&hosts.op.to_string(), "group");
            is_host.then(|| *named.lhs.clone())
        }
        _ => None,
    }
}

fn has_no_modifier(binary: &BinaryExpr) -> bool {
    binary.modifier.as_ref().is_none_or(|modifier| *modifier == BinModifier::default())
}

#[test]
fn what_means_the_same_is_equal() {
    let buckets = canonical("sum by (job, le, tool) (rate(x_bucket[5m]))", &Recorded::new());
    let recorded = Recorded::from([("job_le_tool:x:rate5m".to_owned(), buckets)]);
    for (one, other) in [
        ("sum by (a, b) (rate(x[5m]))", "(sum(rate(x[5m])) by (b,a))"),
        ("sum(rate(x{a=\"1\", b!=\"2\"}[$__rate_interval]))", "sum(rate(x{b!=\"2\",a=\"1\"}[$__rate_interval]))"),
        ("sum(x{job=~\"$job\", instance=~\"$instance\", b=~\"$b\", a=\"1\"})", "sum(x{a=\"1\"})"),
        ("sum by (le, tool) (job_le_tool:x:rate5m)", "sum by (tool, le) (rate(x_bucket[5m]))"),
        ("(sum(a) or 0 * sum(b)) / (sum(b) > 0)", "sum(a) / sum(b)"),
        ("sum by (k) (a) > 30", "sum by (k) (a) > 30.0"),
        (
            "topk(10, sum by (k) (a)) or label_replace(sum(sum by (k) (a) unless topk(10, sum by (k) (a))), \"k\", \"other\", \"\", \"\")",
            "sum by (k) (a)",
        ),
        (
            "histogram_quantile(0.5, sum by (le, k) (a and on (k) topk(10, b)) or label_replace(c, \"k\", \"other\", \"\", \"\"))",
            "histogram_quantile(0.5, sum by (le, k) (a))",
        ),
        (
            "(sum by (i) (a)) * on (i) group_left (h) group by (i, h) (t) or label_replace(b, \"h\", \"$1\", \"i\", \"(.*)\")",
            "sum by (i) (a)",
        ),
    ] {
        assert_eq!(canonical(one, &recorded), canonical(other, &recorded));
    }
}

#[test]
fn the_contracts_alerts_keep_the_job() {
    let form = |text: &str| canonical(text, &Recorded::new());
    for (written, meant) in [
        ("sum(rate(x[5m])) > 1", "sum by (job) (rate(x[5m])) > 1"),
        ("max by (a) (x) - sum by (job, a) (y)", "max by (job, a) (x) - sum by (a, job) (y)"),
        ("a and on (k) sum(b)", "a and on (job, k) sum by (job) (b)"),
        ("sum(x) and on () (hour() == 0)", "sum by (job) (x) and on () (hour() == 0)"),
        ("histogram_quantile(0.5, sum by (le) (x))", "histogram_quantile(0.5, sum by (job, le) (x))"),
    ] {
        assert_eq!(of_each_job(form(written)), form(meant));
        assert_ne!(form(written), form(meant), "{written}");
    }
}

#[test]
fn what_means_something_else_differs() {
    let recorded =
        Recorded::from([("tool:x:rate5m".to_owned(), canonical("sum by (tool) (rate(x[5m]))", &Recorded::new()))]);
    for (one, other) in [
        ("sum by (a) (rate(x[5m]))", "sum by (b) (rate(x[5m]))"),
        ("sum by (a) (rate(x[5m]))", "sum without (a) (rate(x[5m]))"),
        ("sum(rate(x[5m]))", "sum(rate(x[$__rate_interval]))"),
        ("sum(rate(x[5m]))", "sum(increase(x[5m]))"),
        ("sum(x{a=\"1\"})", "sum(x{a=\"2\"})"),
        ("sum(x{a=~\"$b\"})", "sum(x)"),
        ("sum(x{a=\"1\"})", "sum(x{a=~\"1\"})"),
        ("sum(x) > 1", "sum(x) >= 1"),
        ("topk(10, sum by (k) (a)) or sum(b)", "sum by (k) (a)"),
        ("sum(x) > 1", "sum(x) > bool 1"),
        ("sum(x) > 1", "sum(x) > 2"),
        ("sum by (other) (tool:x:rate5m)", "sum by (other) (rate(x[5m]))"),
        ("sum(max by (tool) (x))", "sum(x)"),
        ("(sum(a) or 0 * sum(c)) / (sum(b) > 0)", "sum(a) / sum(b)"),
        ("(sum(a) or 0 * sum(b)) / (sum(b) > 1)", "sum(a) / sum(b)"),
        ("(sum(a) or 1 * sum(b)) / (sum(b) > 0)", "sum(a) / sum(b)"),
        ("sum(a) - (sum(b) - sum(c))", "sum(a) - sum(b) - sum(c)"),
        ("a / on (k) b", "a / on (l) b"),
    ] {
        assert_ne!(canonical(one, &recorded), canonical(other, &recorded), "{one}");
    }
}
