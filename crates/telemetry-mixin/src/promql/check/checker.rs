//! The checker: what it knows, and what it is asked.

use std::collections::BTreeSet;

use telemetry_core::{Catalogue, Namespace};

use super::walk::Walk;
use super::{Role, alert};
use crate::model::ForeignMetric;
use crate::promql::expression::Expression;
use crate::promql::facts::Facts;
use crate::promql::histograms::BOUND;
use crate::promql::lint::Lint;
use crate::promql::parse::Parsed;
use crate::promql::problem::Problem;
use crate::promql::rewrite::metric_names;
use crate::promql::schema::{Schema, Series, SeriesKind};
use crate::promql::suggest::listing;
use crate::promql::token::whole;
use crate::promql::tree::{NodeKind, Span};

/// Of one expression no more are told: each is shown with the text.
const MOST_PROBLEMS: usize = 32;

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

    /// Also knows what a file or a server tells of; what is declared or recorded already stays as it is.
    ///
    /// ```
    /// use telemetry_core::Namespace;
    /// use telemetry_mixin::known_metrics;
    /// use telemetry_mixin::promql::{Checker, Role};
    ///
    /// let mut checker = Checker::new(&[], &Namespace::DEFAULT);
    /// checker.add_known(&known_metrics("# TYPE node_load1 gauge\n# TYPE up counter\n")?);
    /// assert!(checker.check("max(node_load1) > 8 and min(up) == 1", Role::Alert).is_ok());
    /// assert!(checker.check("rate(node_load1[5m])", Role::Panel).is_err());
    /// # Ok::<(), telemetry_mixin::KnownError>(())
    /// ```
    pub fn add_known(&mut self, metrics: &[ForeignMetric]) {
        for metric in metrics {
            if self.schema.get(&metric.name).is_none() {
                self.schema.foreign(metric);
            }
        }
    }

    /// Knows services and processes by these labels in place of `job` and `instance`, and what is known of a process by that
    /// metric in place of `target_info`. What is recorded has to be told afterwards.
    pub(crate) fn identified_by(&mut self, labels: [&str; 2], info: &str) {
        self.schema.identified_by(labels, info);
    }

    /// Also accepts a label on every series, beside `job` and `instance`: one that the scrape configuration or the
    /// collector adds.
    pub fn add_common_label(&mut self, label: &str) {
        self.schema.common_label(label);
    }

    /// Also accepts histograms under their own names, as where Prometheus keeps them natively; their `_bucket`, `_sum` and
    /// `_count` stay known.
    ///
    /// ```
    /// use telemetry_core::{Catalogue, Histogram, Metrics, Namespace};
    /// use telemetry_mixin::promql::{Checker, Role};
    ///
    /// /// What is measured of mails.
    /// #[derive(Metrics)]
    /// #[metrics(entity(list))]
    /// struct MailMetrics {
    ///     /// Time to hand a mail over
    ///     #[metric(name = "mail_seconds", unit = "s", buckets = [0.5, 10.0])]
    ///     time: Histogram,
    /// }
    ///
    /// let catalogue = Catalogue::new("mailer", &[MailMetrics::CATALOGUE]);
    /// let mut checker = Checker::new(&[catalogue], &Namespace::DEFAULT);
    /// let quantile = "histogram_quantile(0.95, sum(rate(mail_seconds[5m])))";
    /// assert!(checker.check(quantile, Role::Panel).is_err());
    /// checker.accept_native_histograms();
    /// assert!(checker.check(quantile, Role::Panel).is_ok());
    /// ```
    pub fn accept_native_histograms(&mut self) {
        self.schema.native_histograms = true;
    }

    /// Also knows what a recording rule makes, with the labels that the rule adds, and checks its expression. One that is
    /// not sound still makes the name known, so that its one mistake is not reported again by everything that reads it.
    ///
    /// ```
    /// use telemetry_core::Namespace;
    /// use telemetry_mixin::promql::{Checker, Role};
    ///
    /// let mut checker = Checker::new(&[], &Namespace::DEFAULT);
    /// checker.add_recording_rule("job:up:sum", "sum by (job) (up)", &[]).expect("the rule is sound");
    /// assert!(checker.check("min(job:up:sum)", Role::Panel).is_ok());
    /// assert!(checker.add_recording_rule("job:down:sum", "sum by (jb) (up)", &[]).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// Every [`Problem`] found in the expression, in the order of the text.
    pub fn add_recording_rule(
        &mut self,
        name: &str,
        expression: &str,
        labels: &[String],
    ) -> Result<Sound, Vec<Problem>> {
        let expression = Expression::new(expression);
        let sound = self.check_expression(&expression, Role::Recording);
        self.add_recorded(name, &expression, labels);
        sound
    }

    /// Also knows what a recording rule makes; whether its expression is sound is to be asked apart from that, when the
    /// rules that it reads are known, too.
    pub(crate) fn add_recorded(&mut self, name: &str, expression: &Expression, labels: &[String]) {
        let (facts, sources) = match expression.parsed() {
            Ok(parsed) => {
                let mut walk = Walk { is_heard: false, ..self.walk(parsed, Role::Recording) };
                (walk.settled(&parsed.node), metric_names(parsed))
            }
            Err(_) => (Facts::unknown(), BTreeSet::new()),
        };
        let writes_labels =
            ["label_replace", "label_join", "count_values"].iter().any(|f| expression.text().contains(f));
        let sources = if writes_labels { BTreeSet::new() } else { sources };
        self.schema.recorded(name, facts, &sources, labels);
    }

    /// Checks one expression, which may hold Grafana's variables.
    ///
    /// # Errors
    ///
    /// Every [`Problem`] found, in the order of the text; of very many the first 32, and how many more there are.
    pub fn check(&self, expression: &str, role: Role) -> Result<Sound, Vec<Problem>> {
        self.check_expression(&Expression::new(expression), role)
    }

    pub(crate) fn check_expression(&self, expression: &Expression, role: Role) -> Result<Sound, Vec<Problem>> {
        let parsed = expression.parsed().map_err(|problem| vec![problem])?;
        let mut walk = self.walk(parsed, role);
        let facts = walk.settled(&parsed.node);
        let mut problems = walk.problems;
        if role != Role::Panel {
            problems.extend(parsed.filled.places.iter().map(|place| {
                Problem::new("Prometheus knows no Grafana variable", place.clone())
                    .help("write the value itself")
                    .lint(Lint::GrafanaVariable)
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
        if problems.len() > MOST_PROBLEMS {
            let more = problems.split_off(MOST_PROBLEMS).len();
            problems.push(Problem::new(format!("there are {more} problems more"), whole(expression.text())));
        }
        Err(problems)
    }

    fn walk<'a>(&'a self, parsed: &'a Parsed, role: Role) -> Walk<'a> {
        let (schema, filled) = (&self.schema, &parsed.filled);
        Walk { schema, filled, role, is_input: false, is_heard: true, problems: Vec::new() }
    }

    /// The selector of a series in a test's input: metric, labels and values have to exist.
    pub(crate) fn check_series(&self, series: &Expression) -> Result<(), Vec<Problem>> {
        let parsed = series.parsed().map_err(|problem| vec![problem])?;
        let mut walk = Walk { is_input: true, ..self.walk(parsed, Role::Panel) };
        match &parsed.node.kind {
            NodeKind::Instant(selector) => {
                walk.select(selector, &parsed.node.span);
            }
            _ => walk.problems.push(Problem::new("a test's input is a series", parsed.node.span.clone())),
        }
        if walk.problems.is_empty() { Ok(()) } else { Err(walk.problems) }
    }

    /// A variable's list of a label's values: the series has to exist and carry the label.
    pub(crate) fn check_listing(&self, series: &Expression, label: &str) -> Result<(), Vec<Problem>> {
        let parsed = series.parsed().map_err(|problem| vec![problem])?;
        // Those of a job, whatever they are called.
        if matches!(&parsed.node.kind, NodeKind::Instant(selector) if selector.is_nameless()) {
            return Ok(());
        }
        self.check_series(series)?;
        let names = metric_names(parsed);
        let known = || names.iter().filter_map(|name| self.schema.get(name));
        if known().all(|series| self.schema.labels(series).may_have(label)) {
            return Ok(());
        }
        let problem = Problem::new(format!("there is no label `{label}` to list"), parsed.node.span.clone())
            .lint(Lint::UnknownLabel);
        let labels: BTreeSet<String> = known()
            .flat_map(|series| self.schema.labels(series).names().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        Err(vec![problem.help(format!("its labels are {}", listing(labels.iter().map(String::as_str))))])
    }

    /// Whether every series of that name carries the label: a detail label may be left out.
    pub(crate) fn carries(&self, name: &str, label: &str) -> bool {
        self.schema.get(name).is_some_and(|series| self.schema.labels(series).surely_has(label))
    }

    /// Whether the label of the series of that name takes any text, of which there may be many.
    pub(crate) fn is_free_text(&self, name: &str, label: &str) -> bool {
        let declared = |series: &Series| series.labels.iter().any(|own| own.name == label && own.values.is_none());
        label != BOUND && self.schema.get(name).is_some_and(declared)
    }

    /// Whether a histogram is kept under that name natively.
    pub(crate) fn is_native_histogram(&self, name: &str) -> bool {
        let is_histogram = |series: &Series| series.kind == SeriesKind::Histogram;
        self.schema.native_histograms && self.schema.get(name).is_some_and(is_histogram)
    }

    /// The rules that an expression reads and that have dropped `job` or `instance`, with the label that is missing.
    pub(crate) fn without_target(&self, expression: &Expression) -> Result<Vec<(String, Span, &'static str)>, Problem> {
        let mut found = Vec::new();
        expression.parsed()?.node.selectors(&mut |selector, _| {
            let Some(name) = &selector.name else { return };
            let Some(series) = self.schema.get(&name.text) else { return };
            let labels = self.schema.labels(series);
            if let Some(missing) = ["job", "instance"].into_iter().find(|label| !labels.may_have(label)) {
                found.push((name.text.clone(), name.span.clone(), missing));
            }
        });
        Ok(found)
    }
}
