//! A metric as declared.

use std::borrow::Cow;

use super::kind::Kind;
use super::label::LabelDef;
use super::namespace::Namespace;

/// One metric as declared: what `#[derive(Metrics)]` makes of a field and its doc comment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetricDef {
    /// The name that the operator sees, to the letter. A leading `agentpane_` stands for the namespace.
    pub name: &'static str,
    /// The kind.
    pub kind: Kind,
    /// UCUM unit: `s`, `By`, an annotation such as `{call}`, or empty.
    pub unit: &'static str,
    /// What it measures: the doc comment.
    pub help: &'static str,
    /// The free-text labels, which identify the entity measured.
    pub entity: &'static [LabelDef],
    /// The closed labels.
    pub closed: &'static [LabelDef],
    /// The upper bounds of a histogram's buckets, without the last, infinite one.
    pub buckets: &'static [f64],
    /// The crate that declares it.
    pub crate_name: &'static str,
    /// The instrumentation scope.
    pub scope: &'static str,
    /// Whether its value is read at collection instead of being recorded.
    pub observable: bool,
}

impl MetricDef {
    /// The most labels that one metric may have.
    pub const MAX_LABELS: usize = 5;

    /// All labels: the entity's, then the closed ones.
    pub fn labels(&self) -> impl Iterator<Item = &'static LabelDef> + use<> {
        self.entity.iter().chain(self.closed)
    }

    /// The label of that name.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&'static LabelDef> {
        self.labels().find(|label| label.name == name)
    }

    /// The name that Prometheus shows, however the metric comes there: that of the declaration, unless it is one of the
    /// semantic conventions, whose parts are separated by dots.
    ///
    /// ```
    /// use telemetry_core::{Counter, Metrics};
    ///
    /// /// What is measured of jobs.
    /// #[derive(Metrics)]
    /// #[metrics(scope = "example", entity(), convention)]
    /// struct JobMetrics {
    ///     /// Jobs that ended
    ///     #[metric(name = "jobs.ended", unit = "{job}")]
    ///     ended: Counter,
    /// }
    ///
    /// assert_eq!(JobMetrics::CATALOGUE[0].prometheus_name(), "jobs_ended_total");
    /// ```
    #[must_use]
    pub fn prometheus_name(&self) -> Cow<'static, str> {
        super::prometheus::name(self.name, self.unit, self.kind)
    }

    /// The name under a namespace: a leading `agentpane_` is replaced.
    #[must_use]
    pub fn name_in(&self, namespace: &Namespace) -> Cow<'static, str> {
        namespace.apply(self.name)
    }
}
