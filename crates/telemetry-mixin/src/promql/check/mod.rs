//! What is wrong with an expression that parses.

mod aggregate;
mod alert;
mod binary;
mod call;
mod selector;

use std::collections::BTreeSet;

use telemetry_core::{Catalogue, Namespace};

use super::labels::LabelSet;
use super::parse::{Parsed, parse};
use super::placeholder::Filled;
use super::problem::{Finding, Problem};
use super::rewrite::metric_names;
use super::schema::Schema;
use super::suggest::listing;
use super::tree::{Node, NodeKind, Span};
use crate::model::ForeignMetric;

pub(crate) use call::after_aggregation;

/// Where an expression is used; an alert has more rules to keep than a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A dashboard's panel, or a snippet in a runbook.
    Panel,
    /// An alert, which needs a comparison.
    Alert,
    /// A recording rule.
    Recording,
}

impl Role {
    /// The window to suggest.
    fn window(self) -> &'static str {
        match self {
            Self::Panel => "$__rate_interval",
            Self::Alert | Self::Recording => "5m",
        }
    }
}

/// Checks expressions against what is declared.
///
/// ```
/// use telemetry_core::Namespace;
/// use telemetry_mixin::promql::{Checker, Role};
///
/// let checker = Checker::new(&[], &Namespace::DEFAULT);
/// assert!(checker.check("sum by (job) (up)", Role::Panel).is_ok());
/// assert!(checker.check("rate(up[5m])", Role::Panel).is_err());
/// ```
#[derive(Debug, Clone)]
pub struct Checker {
    schema: Schema,
}

/// What is known of an expression that has been found sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    facts: Facts,
}

impl Sound {
    /// Whether the result's series may carry the label.
    #[must_use]
    pub fn keeps(&self, label: &str) -> bool {
        self.facts.labels.may_have(label)
    }

    /// The labels of the result that are known.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.facts.labels.names()
    }
}

/// What evaluating a node gives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Facts {
    pub(crate) value: Value,
    pub(crate) labels: LabelSet,
    /// The last finite bound of the histogram that it comes from.
    pub(crate) last_bound: Option<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// A number without labels.
    Scalar,
    /// A counter as it stands, of that name.
    Accumulated { name: String, bucket: bool },
    /// What rises per second or has risen in a window; of a histogram's buckets where `bucket`.
    Rate { bucket: bool },
    /// A value that may rise and fall, be it a histogram's quantile or any other.
    Level { quantile: bool },
    /// Nothing is known, or a problem has been reported already.
    Unknown,
}

impl Facts {
    fn unknown() -> Self {
        Self { value: Value::Unknown, labels: LabelSet::unknown(), last_bound: None }
    }

    fn scalar() -> Self {
        Self { value: Value::Scalar, labels: LabelSet::none(), last_bound: None }
    }

    fn level(labels: LabelSet) -> Self {
        Self { value: Value::Level { quantile: false }, labels, last_bound: None }
    }

    fn is_scalar(&self) -> bool {
        self.value == Value::Scalar
    }
}

impl Checker {
    /// A checker that knows these catalogues under that namespace, and what Prometheus itself provides: `up`,
    /// `target_info`, `ALERTS` and the scrape metrics.
    #[must_use]
    pub fn new(catalogues: &[Catalogue], namespace: &Namespace) -> Self {
        Self { schema: Schema::new(catalogues, namespace) }
    }

    /// Also knows a metric that another system exposes.
    pub fn add_foreign(&mut self, metric: &ForeignMetric) {
        self.schema.foreign(metric);
    }

    /// Also accepts a label on every series, beside `job` and `instance`: one that the scrape configuration or the
    /// collector adds.
    pub fn add_common_label(&mut self, label: &str) {
        self.schema.common_label(label);
    }

    /// Also knows what a recording rule makes, with the labels that the rule adds. An expression that is not sound
    /// still makes the name known, so that its one mistake is not reported again by everything that reads it.
    pub fn add_recording_rule(&mut self, name: &str, expression: &str, labels: &[String]) {
        let (facts, sources) = match parse(expression) {
            Ok(parsed) => (self.walk(&parsed, Role::Recording).0, metric_names(&parsed)),
            Err(_) => (Facts::unknown(), BTreeSet::new()),
        };
        let writes_labels = ["label_replace", "label_join", "count_values"].iter().any(|f| expression.contains(f));
        let sources = if writes_labels { BTreeSet::new() } else { sources };
        self.schema.recorded(name, facts, &sources, labels);
    }

    /// Checks one expression, which may hold Grafana's variables.
    ///
    /// # Errors
    ///
    /// Every [`Problem`] found, in the order of the text.
    pub fn check(&self, expression: &str, role: Role) -> Result<Sound, Vec<Problem>> {
        let parsed = parse(expression).map_err(|problem| vec![problem])?;
        self.check_parsed(&parsed, role)
    }

    pub(crate) fn check_parsed(&self, parsed: &Parsed, role: Role) -> Result<Sound, Vec<Problem>> {
        let (facts, mut problems) = self.walk(parsed, role);
        if role != Role::Panel {
            problems.extend(parsed.filled.places.iter().map(|place| {
                Problem::new("Prometheus knows no Grafana variable", place.clone()).help("write the value itself")
            }));
        }
        if role == Role::Alert {
            alert::check(&parsed.node, &mut problems);
        }
        if problems.is_empty() {
            return Ok(Sound { facts });
        }
        problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        problems.dedup();
        Err(problems)
    }

    fn walk(&self, parsed: &Parsed, role: Role) -> (Facts, Vec<Problem>) {
        let mut walk =
            Walk { schema: &self.schema, filled: &parsed.filled, role, is_input: false, problems: Vec::new() };
        let facts = walk.settled(&parsed.node);
        (facts, walk.problems)
    }

    /// The selector of a series in a test's input: metric, labels and values have to exist.
    pub(crate) fn check_series(&self, series: &str) -> Result<(), Vec<Problem>> {
        let parsed = parse(series).map_err(|problem| vec![problem])?;
        let mut walk = Walk {
            schema: &self.schema,
            filled: &parsed.filled,
            role: Role::Panel,
            is_input: true,
            problems: Vec::new(),
        };
        match &parsed.node.kind {
            NodeKind::Instant(selector) => {
                walk.select(selector, &parsed.node.span);
            }
            _ => walk.problems.push(Problem::new("a test's input is a series", parsed.node.span.clone())),
        }
        if walk.problems.is_empty() { Ok(()) } else { Err(walk.problems) }
    }

    /// A variable's list of a label's values: the series has to exist and carry the label.
    pub(crate) fn check_listing(&self, series: &str, label: &str, place: &str) -> Vec<Finding> {
        let finding = |problem| Finding { place: place.to_owned(), expression: series.to_owned(), problem };
        if let Err(problems) = self.check_series(series) {
            return problems.into_iter().map(finding).collect();
        }
        let Ok(parsed) = parse(series) else { return Vec::new() };
        let carries =
            |name: &String| self.schema.get(name).is_none_or(|series| self.schema.labels(series).may_have(label));
        if metric_names(&parsed).iter().all(carries) {
            return Vec::new();
        }
        let problem = Problem::new(format!("there is no label `{label}` to list"), parsed.node.span.clone());
        let known: BTreeSet<String> = metric_names(&parsed)
            .iter()
            .filter_map(|name| self.schema.get(name))
            .flat_map(|series| self.schema.labels(series).names().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        vec![finding(problem.help(format!("its labels are {}", listing(known.iter().map(String::as_str)))))]
    }

    /// The rules that an expression reads and that have dropped `job` or `instance`, with the label that is missing.
    pub(crate) fn without_target(&self, parsed: &Parsed) -> Vec<(String, Span, &'static str)> {
        let mut found = Vec::new();
        parsed.node.selectors(&mut |selector, _| {
            let Some(name) = &selector.name else { return };
            let Some(series) = self.schema.get(&name.text) else { return };
            let labels = self.schema.labels(series);
            if let Some(missing) = ["job", "instance"].into_iter().find(|label| !labels.may_have(label)) {
                found.push((name.text.clone(), name.span.clone(), missing));
            }
        });
        found
    }
}

/// One walk over one expression.
struct Walk<'a> {
    schema: &'a Schema,
    filled: &'a Filled,
    role: Role,
    /// Whether the expression is a test's input series.
    is_input: bool,
    problems: Vec<Problem>,
}

impl Walk<'_> {
    fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn node(&mut self, node: &Node) -> Facts {
        match &node.kind {
            NodeKind::Number(_) | NodeKind::Text(_) => Facts::scalar(),
            NodeKind::Instant(selector) | NodeKind::Range(selector) => self.select(selector, &node.span),
            NodeKind::Subquery(inner) | NodeKind::Paren(inner) => self.node(inner),
            NodeKind::Unary(inner) => self.settled(inner),
            NodeKind::Call { function, arguments } => self.call(function, arguments),
            NodeKind::Aggregate(aggregate) => self.aggregate(aggregate),
            NodeKind::Binary(binary) => self.binary(binary),
        }
    }

    /// A node whose value is shown, compared or calculated with: it must not be a counter as it stands.
    fn settled(&mut self, node: &Node) -> Facts {
        let mut facts = self.node(node);
        if let Value::Accumulated { name, .. } = &facts.value {
            let window = self.role.window();
            let problem = Problem::new(
                format!("`{name}` is used raw: a counter only says how much there has been since its process started"),
                selector_span(node, name),
            );
            self.problems.push(problem.help(format!("take `rate({name}[{window}])`, and sum after it")));
            facts.value = Value::Unknown;
        }
        facts
    }
}

/// The place of the metric's name inside of a node, else the whole node.
fn selector_span(node: &Node, name: &str) -> Span {
    let mut found = None;
    node.selectors(&mut |selector, _| {
        if let Some(word) = selector.name.as_ref().filter(|word| word.text == name) {
            found.get_or_insert(word.span.clone());
        }
    });
    found.unwrap_or_else(|| node.span.clone())
}
