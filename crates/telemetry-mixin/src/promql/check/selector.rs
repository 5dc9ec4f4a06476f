//! What is wrong with the metrics, labels and values that an expression names.

use promql_parser::label::{MatchOp, Matcher};

use super::walk::Walk;
use crate::promql::facts::{Facts, Value};
use crate::promql::histograms::BOUND;
use crate::promql::lint::Lint;
use crate::promql::placeholder::has_variable;
use crate::promql::problem::Problem;
use crate::promql::schema::{Series, SeriesKind};
use crate::promql::suggest::{is_typed, listing, nearest};
use crate::promql::tree::{LabelMatcher, NAME_LABEL, SelectorNode, Span};

/// A metric has no longer one, and messages quote it.
const LONGEST_NAME: usize = 1_000;

impl Walk<'_> {
    pub(super) fn select(&mut self, selector: &SelectorNode, span: &Span) -> Facts {
        let Some((name, place)) = self.name_of(selector, span) else { return Facts::unknown() };
        let schema = self.schema;
        if name.len() > LONGEST_NAME {
            self.report(Problem::new(format!("a metric's name of more than {LONGEST_NAME} bytes"), place));
            return Facts::unknown();
        }
        let Some(series) = schema.get(&name) else {
            self.unknown_metric(&name, place);
            return Facts::unknown();
        };
        if series.kind == SeriesKind::Histogram && !schema.native_histograms {
            self.report(
                Problem::new(format!("`{name}` is a histogram: there is no series of that name"), place)
                    .lint(Lint::NativeHistogram)
                    .help(format!(
                        "use {}",
                        listing(
                            [format!("{name}_bucket"), format!("{name}_sum"), format!("{name}_count")]
                                .iter()
                                .map(String::as_str)
                        )
                    )),
            );
        }
        for matcher in &selector.matchers {
            self.matcher(&name, series, matcher);
        }
        let labels = schema.labels(series);
        match &series.kind {
            SeriesKind::Recorded(facts) => Facts { value: facts.value.clone(), labels, last_bound: facts.last_bound },
            SeriesKind::Foreign => Facts { value: Value::Unknown, labels, last_bound: None },
            kind if kind.accumulates() => Facts {
                value: Value::Accumulated { name, of: kind.counted() },
                labels,
                last_bound: series.bounds.last().copied(),
            },
            _ => Facts::level(labels),
        }
    }

    /// The metric that a selector names, if it names one that can be told.
    fn name_of(&mut self, selector: &SelectorNode, span: &Span) -> Option<(String, Span)> {
        if let Some(name) = &selector.name {
            return (!self.filled.is_variable(&name.span)).then(|| (name.text.clone(), name.span.clone()));
        }
        let matcher = selector.matchers.iter().find(|matcher| matcher.label.text == NAME_LABEL);
        let Some(matcher) = matcher else {
            self.report(Problem::new("this selector names no metric", span.clone()));
            return None;
        };
        let value = &matcher.value;
        if has_variable(&value.text) {
            return None;
        }
        match &matcher.op {
            MatchOp::Equal => return Some((value.text.clone(), value.span.clone())),
            MatchOp::Re(pattern) if !self.schema.may_have(|name| pattern.is_match(name)) => {
                let problem = Problem::new(format!("no known metric matches \"{}\"", value.text), value.span.clone());
                self.report(problem.lint(Lint::ForeignMetric));
            }
            _ => {}
        }
        None
    }

    fn unknown_metric(&mut self, name: &str, place: Span) {
        if !self.is_heard {
            return;
        }
        let meant = nearest(name, self.schema.names_near(name));
        let is_own = self.schema.is_own(name) || meant.is_some_and(|meant| is_typed(name, meant));
        let lint = if is_own { Lint::UnknownMetric } else { Lint::ForeignMetric };
        let problem = Problem::new(format!("unknown metric `{name}`"), place).lint(lint);
        self.report(match meant {
            Some(meant) => problem.help(format!("did you mean `{meant}`?")),
            None => problem.help("it is in no catalogue, and no rule records it"),
        });
    }

    fn matcher(&mut self, name: &str, series: &Series, matcher: &LabelMatcher) {
        let label = &matcher.label;
        if label.text == NAME_LABEL {
            return;
        }
        let labels = self.schema.labels(series);
        if !labels.may_have(&label.text) && !self.is_injected(series, &label.text) {
            self.unknown_label(&format!("`{name}`"), &label.text, label.span.clone(), labels.names());
            return;
        }
        if label.text == BOUND && series.kind == SeriesKind::Bucket {
            self.bound(name, &series.bounds, matcher);
            return;
        }
        let declared = series.labels.iter().find(|declared| declared.name == label.text);
        let Some(values) = declared.and_then(|declared| declared.values.as_deref()) else { return };
        if has_variable(&matcher.value.text) {
            return;
        }
        if let Some(message) = impossible(name, matcher, values) {
            let problem = Problem::new(message, matcher.value.span.clone()).lint(Lint::UnknownValue);
            let all = listing(values.iter().map(String::as_str));
            self.report(problem.help(format!("its values are {all}")));
        }
    }

    /// A bucket's bound has to be one of the histogram's, in either of its spellings: a collector that is scraped
    /// writes `10.0`, one that pushes writes `10`.
    fn bound(&mut self, name: &str, bounds: &[f64], matcher: &LabelMatcher) {
        let value = &matcher.value;
        if has_variable(&value.text) || bounds.is_empty() {
            return;
        }
        let spelled = bounds.iter().flat_map(|bound| [format!("{bound}"), format!("{bound:?}")]);
        let matched = spelled.chain(["+Inf".to_owned()]).filter(|bound| match &matcher.op {
            MatchOp::Equal | MatchOp::NotEqual => value.text == *bound,
            MatchOp::Re(pattern) | MatchOp::NotRe(pattern) => pattern.is_match(bound),
        });
        let place = value.span.clone();
        if matched.count() == 0 {
            let all = bounds.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let problem = Problem::new(format!("`{name}` has no bucket that ends at \"{}\"", value.text), place)
                .lint(Lint::UnknownValue);
            self.report(problem.help(format!("its buckets end at {all} and +Inf")));
            return;
        }
        let whole = value.text.parse::<f64>().ok().filter(|bound| bound.is_finite() && bound.fract() == 0.0);
        if let (Some(bound), MatchOp::Equal | MatchOp::NotEqual, false) = (whole, &matcher.op, self.is_input) {
            let message =
                format!("the bound {bound} is written \"{bound}\" or \"{bound:?}\", depending on the way it came");
            let op = if matches!(matcher.op, MatchOp::Equal) { "=~" } else { "!~" };
            let problem = Problem::new(message, place).lint(Lint::UnknownValue);
            self.report(problem.help(format!("write `le{op}\"{bound}(\\\\.0)?\"`")));
        }
    }

    /// `job` and `instance` are always known: on a rule's result that lacks them the generator says more of it.
    fn is_injected(&self, series: &Series, label: &str) -> bool {
        !matches!(series.kind, SeriesKind::Recorded(_)) && self.schema.common().any(|common| common == label)
    }

    pub(super) fn unknown_label<'l>(
        &mut self,
        owner: &str,
        label: &str,
        place: Span,
        known: impl Iterator<Item = &'l str>,
    ) {
        if !self.is_heard {
            return;
        }
        let known: Vec<&str> = known.collect();
        let problem = Problem::new(format!("{owner} has no label `{label}`"), place).lint(Lint::UnknownLabel);
        let help = match nearest(label, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if known.is_empty() => "it has no labels".to_owned(),
            None => format!("its labels are {}", listing(known)),
        };
        self.report(problem.help(help));
    }
}

/// Why a matcher of a closed set cannot be meant, if so.
fn impossible(name: &str, matcher: &LabelMatcher, values: &[String]) -> Option<String> {
    let (label, value) = (&matcher.label.text, &matcher.value.text);
    let never = |wrong: &str| format!("`{label}` of `{name}` is never \"{wrong}\"");
    let known = |wanted: &str| values.iter().any(|value| value == wanted);
    match &matcher.op {
        MatchOp::Equal | MatchOp::NotEqual => (!known(value)).then(|| never(value)),
        MatchOp::Re(_) | MatchOp::NotRe(_) => {
            // In `a|b` each word is meant, so each has to exist.
            if let Some(wrong) = literals(value).and_then(|words| words.into_iter().find(|word| !known(word))) {
                return Some(never(wrong));
            }
            let matcher = Matcher::new(matcher.op.clone(), label, value);
            let selected = values.iter().filter(|value| matcher.is_match(value)).count();
            match &matcher.op {
                MatchOp::Re(_) if selected == 0 => {
                    Some(format!("no value of `{label}` of `{name}` matches \"{value}\""))
                }
                MatchOp::NotRe(_) if selected == 0 => {
                    Some(format!("every value of `{label}` of `{name}` is excluded by \"{value}\""))
                }
                MatchOp::NotRe(_) if selected == values.len() => {
                    Some(format!("no value of `{label}` of `{name}` matches \"{value}\""))
                }
                _ => None,
            }
        }
    }
}

/// The words of a pattern that is nothing but words joined by `|`.
fn literals(pattern: &str) -> Option<Vec<&str>> {
    let words: Vec<&str> = pattern.split('|').collect();
    let plain = |word: &&str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    words.iter().all(plain).then_some(words)
}
