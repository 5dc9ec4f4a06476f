//! An expression over the classic series of histograms said of native ones.

use super::expression::Expression;
use super::function::{ignores_value, is_rate};
use super::histograms::{BOUND, ClassicPart, NativeHistograms};
use super::lint::Lint;
use super::problem::Problem;
use super::tree::{AggregateNode, Binary, Grouping, Node, NodeKind, SelectorNode, Span, Word};

/// An expression that reads native histograms where the declared one reads their classic series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Native {
    pub(crate) text: String,
    /// The histogram that it results in, by its name, where the classic one results in buckets.
    pub(crate) histogram: Option<String>,
}

/// The expression over native histograms; one that reads none stays as it is to the letter.
///
/// What adds buckets up adds histograms up; a quantile is one of a histogram; a rate of the count or the sum is that part of the
/// histogram's rate. A bucket is the fraction of values up to its bound times their count, which is exact because the bounds
/// of a native histogram with custom buckets are those of the classic one.
pub(crate) fn native(expression: &Expression, histograms: &NativeHistograms) -> Result<Native, Problem> {
    let text = expression.text();
    let node = &expression.parsed()?.node;
    let mut reads = false;
    node.selectors(&mut |selector, _| {
        reads |= selector.name.as_ref().is_some_and(|name| histograms.find(&name.text).is_some());
    });
    if !reads {
        return Ok(Native { text: text.to_owned(), histogram: None });
    }
    let (text, form) = Conversion { text, histograms }.node(node)?;
    match form {
        Form::Numbers => Ok(Native { text, histogram: None }),
        Form::Histograms(name) => Ok(Native { text, histogram: Some(name) }),
        Form::Range(..) => Err(unsaid("a range by itself", &node.span)),
    }
}

/// The series of a listing, such as a variable's: whichever part it names, the histogram has its labels.
pub(crate) fn native_series(series: &Expression, histograms: &NativeHistograms) -> Result<String, Problem> {
    let whole = classic_series(series, histograms)?.map(|(selector, ..)| selector);
    Ok(whole.unwrap_or_else(|| series.text().to_owned()))
}

/// The selector of the histogram that a test's series is a part of, the histogram's name, and which part that is; `None` for a
/// series of none.
pub(crate) fn classic_series(
    series: &Expression,
    histograms: &NativeHistograms,
) -> Result<Option<(String, String, ClassicPart)>, Problem> {
    let node = &series.parsed()?.node;
    let NodeKind::Instant(selector) = &node.kind else { return Ok(None) };
    let selected = Conversion { text: series.text(), histograms }.selector(selector, &node.span)?;
    Ok(selected.map(|Selected { text, name, part }| (text, name, part)))
}

/// The values of a histogram's expression that are above one bound and up to another, as many as in that bucket.
///
/// The fraction of no values is not a number, and is there a count of zero.
pub(crate) fn between(lower: f64, upper: f64, histogram: &str) -> String {
    let [lower, upper] = [lower, upper].map(bound);
    format!(
        "(histogram_fraction({lower}, {upper}, {histogram}) * histogram_count({histogram}) >= 0 \
         or histogram_count({histogram}))"
    )
}

fn bound(bound: f64) -> String {
    match bound {
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        bound => bound.to_string(),
    }
}

/// What a part of the expression results in, said natively.
#[derive(Debug, Clone, PartialEq)]
enum Form {
    Numbers,
    /// Histograms of that name, where the classic form has buckets.
    Histograms(String),
    /// A range of the histogram of that name, of which the classic form has one part.
    Range(String, ClassicPart),
}

/// A selector of a histogram, and the part of it that the classic one selects.
struct Selected {
    text: String,
    name: String,
    part: ClassicPart,
}

struct Conversion<'a> {
    text: &'a str,
    histograms: &'a NativeHistograms,
}

type Converted = Result<(String, Form), Problem>;

impl Conversion<'_> {
    fn node(&self, node: &Node) -> Converted {
        match &node.kind {
            NodeKind::Number(_) | NodeKind::Text(_) => self.unchanged(&node.span),
            NodeKind::Instant(selector) => Ok(match self.selector(selector, &node.span)? {
                Some(Selected { text, name, part }) => part_of(text, name, part),
                None => self.unchanged(&node.span)?,
            }),
            NodeKind::Range(selector) => match self.selector(selector, &node.span)? {
                Some(Selected { text, name, part }) => Ok((text, Form::Range(name, part))),
                None => self.unchanged(&node.span),
            },
            NodeKind::Subquery(inner) => {
                let (text, form) = self.node(inner)?;
                let text = self.spliced(&node.span, [(&inner.span, text)]);
                Ok(match form {
                    Form::Histograms(name) => (text, Form::Range(name, ClassicPart::Buckets)),
                    form => (text, form),
                })
            }
            NodeKind::Paren(inner) => {
                let (text, form) = self.node(inner)?;
                Ok((self.spliced(&node.span, [(&inner.span, text)]), form))
            }
            NodeKind::Unary(inner) => {
                let text = self.number(inner, "a sign before buckets")?;
                Ok((self.spliced(&node.span, [(&inner.span, text)]), Form::Numbers))
            }
            NodeKind::Call { function, arguments } => self.call(node, function, arguments),
            NodeKind::Aggregate(aggregate) => self.aggregate(node, aggregate),
            NodeKind::Binary(binary) => self.binary(node, binary),
        }
    }

    /// The selector of the histogram that a selector of one of its parts reads; `None` for any other.
    fn selector(&self, selector: &SelectorNode, span: &Span) -> Result<Option<Selected>, Problem> {
        let Some(name) = &selector.name else { return Ok(None) };
        let Some((native, mut part)) = self.histograms.find(&name.text) else { return Ok(None) };
        if selector.alternatives {
            return Err(unsaid("matchers joined by `or`", span));
        }
        let mut matchers = Vec::new();
        for matcher in &selector.matchers {
            let place = matcher.label.span.start..matcher.value.span.end;
            if matcher.label.text != BOUND {
                matchers.push(&self.text[place]);
                continue;
            }
            part = match (part, self.histograms.selected(native, matcher)) {
                (ClassicPart::Buckets, Some(selected)) => selected,
                _ => return Err(unsaid("a choice of other than one bucket", &place)),
            };
        }
        let braces = if matchers.is_empty() { String::new() } else { format!("{{{}}}", matchers.join(", ")) };
        let end = selector.braces.as_ref().map_or(name.span.end, |braces| braces.end.max(name.span.end));
        let text = format!("{native}{braces}{}", &self.text[end..span.end]);
        Ok(Some(Selected { text, name: native.to_owned(), part }))
    }

    fn call(&self, node: &Node, function: &Word, arguments: &[Node]) -> Converted {
        let name = function.text.as_str();
        if ignores_value(name)
            && let [argument] = arguments
            && let NodeKind::Instant(selector) | NodeKind::Range(selector) = &argument.bare().kind
            && let Some(Selected { text, part, .. }) = self.selector(selector, &argument.bare().span)?
        {
            // What there is of a histogram is there in each of its series, and each bucket says it again.
            return match (part, name) {
                (_, "absent" | "absent_over_time") | (ClassicPart::Count | ClassicPart::Sum, _) => {
                    Ok((self.spliced(&node.span, [(&argument.span, text)]), Form::Numbers))
                }
                _ => Err(unsaid(&format!("`{name}` of buckets"), &node.span)),
            };
        }
        let converted = arguments.iter().map(|argument| self.node(argument)).collect::<Result<Vec<_>, _>>()?;
        let forms: Vec<Form> = converted.iter().map(|(_, form)| form.clone()).collect();
        let text = self.spliced(&node.span, arguments.iter().map(|argument| &argument.span).zip(texts(converted)));
        let refused = || unsaid(&format!("`{name}` of what is kept of a histogram"), &node.span);
        match forms.as_slice() {
            all if all.iter().all(|form| *form == Form::Numbers) => Ok((text, Form::Numbers)),
            [Form::Range(native, part)] if is_rate(name) || hands_on(name) => Ok(part_of(text, native.clone(), *part)),
            [Form::Range(native, ClassicPart::Buckets)] if matches!(name, "sum_over_time" | "avg_over_time") => {
                Ok((text, Form::Histograms(native.clone())))
            }
            [.., Form::Histograms(_)] if name.starts_with("histogram_") => Ok((text, Form::Numbers)),
            [Form::Histograms(native), ..] if matches!(name, "label_replace" | "label_join") => {
                let is_bound = |argument: &Node| matches!(&argument.kind, NodeKind::Text(text) if text == BOUND);
                if arguments.iter().any(is_bound) {
                    Err(refused())
                } else {
                    Ok((text, Form::Histograms(native.clone())))
                }
            }
            _ => Err(refused()),
        }
    }

    fn aggregate(&self, node: &Node, aggregate: &AggregateNode) -> Converted {
        let parameter = aggregate.parameter.as_deref().map(|parameter| Ok((&parameter.span, self.node(parameter)?.0)));
        let parameter = parameter.transpose()?;
        let (argument, form) = self.node(&aggregate.argument)?;
        let op = &aggregate.op.text;
        let native = match form {
            Form::Numbers => {
                let parts = parameter.into_iter().chain([(&aggregate.argument.span, argument)]);
                return Ok((self.spliced(&node.span, parts), Form::Numbers));
            }
            Form::Histograms(native) if matches!(op.as_str(), "sum" | "avg") => native,
            _ => return Err(unsaid(&format!("`{op}` of buckets"), &node.span)),
        };
        let by = match &aggregate.grouping {
            Some(grouping) if names_bound(grouping) == grouping.keeps => self.clause(grouping),
            _ => return Err(unsaid(&format!("`{op}` over buckets of different bounds"), &node.span)),
        };
        Ok((format!("{op}{by}({argument})"), Form::Histograms(native)))
    }

    /// The grouping without the label of bounds, with what stands before and after it; nothing where it names no other.
    fn clause(&self, grouping: &Grouping) -> String {
        let labels = self.without_bound(grouping);
        match (grouping.keeps, labels.is_empty()) {
            (true, true) => String::new(),
            (true, false) => format!(" by ({labels}) "),
            (false, _) => format!(" without ({labels}) "),
        }
    }

    /// The labels of a list as they are written, but for that of bounds.
    fn without_bound(&self, grouping: &Grouping) -> String {
        let labels = grouping.labels.iter().filter(|label| label.text != BOUND);
        labels.map(|label| &self.text[label.span.clone()]).collect::<Vec<_>>().join(", ")
    }

    fn binary(&self, node: &Node, binary: &Binary) -> Converted {
        let (left, left_form) = self.node(&binary.left)?;
        let (right, right_form) = self.node(&binary.right)?;
        let op = binary.op.text.as_str();
        let form = match (left_form, op, right_form) {
            (Form::Numbers, _, Form::Numbers) | (Form::Numbers, "and" | "unless", Form::Histograms(_)) => Form::Numbers,
            (Form::Histograms(native), "+" | "-" | "or" | "and" | "unless", Form::Histograms(_))
            | (Form::Histograms(native), "*" | "/" | "and" | "unless", Form::Numbers)
            | (Form::Numbers, "*", Form::Histograms(native)) => Form::Histograms(native),
            _ => return Err(unsaid(&format!("`{op}` of buckets"), &node.span)),
        };
        let matching = binary.matching.as_ref().filter(|matching| names_bound(matching));
        let list = matching.map(|matching| (&matching.list, format!("({})", self.without_bound(matching))));
        let sides = [(&binary.left.span, left)].into_iter().chain(list).chain([(&binary.right.span, right)]);
        Ok((self.spliced(&node.span, sides), form))
    }

    /// A part that is to be a number.
    fn number(&self, node: &Node, otherwise: &str) -> Result<String, Problem> {
        match self.node(node)? {
            (text, Form::Numbers) => Ok(text),
            _ => Err(unsaid(otherwise, &node.span)),
        }
    }

    fn unchanged(&self, span: &Span) -> Converted {
        Ok((self.text[span.clone()].to_owned(), Form::Numbers))
    }

    /// The text of a part with others in place of some of its own, in their order.
    fn spliced<'s>(&self, whole: &Span, parts: impl IntoIterator<Item = (&'s Span, String)>) -> String {
        let mut out = String::new();
        let mut copied = whole.start;
        for (span, part) in parts {
            out.push_str(&self.text[copied..span.start]);
            out.push_str(&part);
            copied = span.end;
        }
        out.push_str(&self.text[copied..whole.end]);
        out
    }
}

/// The part of a histogram's expression that the classic form reads.
fn part_of(histogram: String, name: String, part: ClassicPart) -> (String, Form) {
    match part {
        ClassicPart::Buckets => (histogram, Form::Histograms(name)),
        ClassicPart::UpTo(upper) => (between(f64::NEG_INFINITY, upper, &histogram), Form::Numbers),
        ClassicPart::Count => (format!("histogram_count({histogram})"), Form::Numbers),
        ClassicPart::Sum => (format!("histogram_sum({histogram})"), Form::Numbers),
    }
}

/// Functions of a range that have one of its samples.
fn hands_on(function: &str) -> bool {
    matches!(function, "last_over_time" | "first_over_time")
}

fn names_bound(grouping: &Grouping) -> bool {
    grouping.labels.iter().any(|label| label.text == BOUND)
}

fn texts(converted: Vec<(String, Form)>) -> impl Iterator<Item = String> {
    converted.into_iter().map(|(text, _)| text)
}

fn unsaid(what: &str, span: &Span) -> Problem {
    Problem::new(format!("{what} cannot be said of native histograms"), span.clone())
        .lint(Lint::Quantile)
        .help("sum the rate of `_bucket` by `le`, or read one bucket, `_count` or `_sum`")
}
