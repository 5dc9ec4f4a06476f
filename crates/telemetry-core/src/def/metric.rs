//! A metric as declared, and its kind.

use std::borrow::Cow;

use super::label::LabelDef;
use super::namespace::Namespace;

/// What kind of metric it is, in Prometheus's sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A sum that only rises; read through `rate` and `increase`.
    Counter,
    /// A sum of changes that rises and falls (open connections).
    UpDownCounter,
    /// The last value set.
    Gauge,
    /// A distribution over explicit buckets.
    Histogram,
}

impl Kind {
    /// The kind as the catalogue spells it: `counter`, `updowncounter`, `gauge`, `histogram`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::UpDownCounter => "updowncounter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }

    /// Whether Prometheus sees a value that can fall (so that `delta`, not `increase`, applies).
    #[must_use]
    pub const fn is_gauge_like(self) -> bool {
        matches!(self, Self::Gauge | Self::UpDownCounter)
    }
}

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

    /// The name under a namespace: a leading `agentpane_` is replaced.
    #[must_use]
    pub fn name_in(&self, namespace: &Namespace) -> Cow<'static, str> {
        namespace.apply(self.name)
    }
}
