//! Which series: a metric, and what its labels have to be.

use std::fmt;

use telemetry_core::{Kind, Label, MetricDef};

use crate::promql::{BOUND, quoted};

/// Series of one metric, narrowed by labels. Made by [`series`], or of a declared metric or a series' name by whatever
/// takes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    name: String,
    /// Whether it is a histogram as a whole, under whose name there is no series.
    whole_histogram: bool,
    matchers: Vec<String>,
}

/// The series of a metric, declared or of that name.
///
/// ```
/// use telemetry_mixin::query::series;
///
/// assert_eq!(series("up").is("job", "api").to_string(), r#"up{job="api"}"#);
/// ```
#[must_use]
pub fn series(metric: impl Into<Selector>) -> Selector {
    metric.into()
}

/// A series as one process exports it, for the tests of alerts: of that metric, from an instance of the job `api`.
///
/// ```
/// use telemetry_mixin::query::given;
///
/// assert_eq!(given("restarts_total", "a").is("pod", "p").to_string(), r#"restarts_total{job="api", instance="a", pod="p"}"#);
/// ```
#[must_use]
pub fn given(metric: impl Into<Selector>, instance: &str) -> Selector {
    metric.into().is("job", "api").is("instance", instance)
}

/// A series of another service, for the tests that tell it from that of [`given`]: from an instance of the job `web`.
///
/// ```
/// use telemetry_mixin::query::elsewhere;
///
/// assert_eq!(elsewhere("restarts_total").to_string(), r#"restarts_total{job="web", instance="w"}"#);
/// ```
#[must_use]
pub fn elsewhere(metric: impl Into<Selector>) -> Selector {
    metric.into().is("job", "web").is("instance", "w")
}

impl From<&MetricDef> for Selector {
    fn from(metric: &MetricDef) -> Self {
        let whole_histogram = metric.kind == Kind::Histogram;
        Self { name: metric.name.to_owned(), whole_histogram, matchers: Vec::new() }
    }
}

/// A series by its name, a histogram's suffix included: what a rule records, what another system exposes.
impl From<&str> for Selector {
    fn from(name: &str) -> Self {
        Self { name: name.to_owned(), whole_histogram: false, matchers: Vec::new() }
    }
}

impl Selector {
    /// The series whose label has that value.
    #[must_use]
    pub fn is(self, label: &str, value: &str) -> Self {
        self.matcher(label, "=", value)
    }

    /// The series whose label has any other value.
    #[must_use]
    pub fn is_not(self, label: &str, value: &str) -> Self {
        self.matcher(label, "!=", value)
    }

    /// The series whose label matches the whole of a regular expression.
    #[must_use]
    pub fn matches(self, label: &str, pattern: &str) -> Self {
        self.matcher(label, "=~", pattern)
    }

    /// The series whose label does not.
    #[must_use]
    pub fn matches_not(self, label: &str, pattern: &str) -> Self {
        self.matcher(label, "!~", pattern)
    }

    /// The series with that value of a closed label.
    #[must_use]
    pub fn only<L: Label>(self, value: L) -> Self {
        self.is(L::NAME, value.as_str())
    }

    /// The series with any other value of a closed label.
    #[must_use]
    pub fn except<L: Label>(self, value: L) -> Self {
        self.is_not(L::NAME, value.as_str())
    }

    /// Of a histogram, how many values there have been.
    #[must_use]
    pub fn count(self) -> Self {
        self.part("_count")
    }

    /// Of a histogram, what all values add up to.
    #[must_use]
    pub fn total(self) -> Self {
        self.part("_sum")
    }

    /// Of a histogram, how many values there have been up to a bound, as the collector's exporter spells it: `10.0`.
    #[must_use]
    pub fn bucket(self, bound: &str) -> Self {
        self.part("_bucket").is(BOUND, bound)
    }

    pub(super) fn part(mut self, suffix: &str) -> Self {
        self.name.push_str(suffix);
        self.whole_histogram = false;
        self
    }

    /// What counts: the metric itself, or of a histogram the number of values.
    pub(super) fn counted(self) -> Self {
        if self.whole_histogram { self.count() } else { self }
    }

    /// The name of the series.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn matcher(mut self, label: &str, operator: &str, value: &str) -> Self {
        self.matchers.push(format!("{label}{operator}{}", quoted(value)));
        self
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.matchers.is_empty() { Ok(()) } else { write!(f, "{{{}}}", self.matchers.join(", ")) }
    }
}

impl From<Selector> for String {
    fn from(selector: Selector) -> Self {
        selector.to_string()
    }
}

/// The words that narrow, for whatever holds a selector.
macro_rules! narrowed {
    ($ty:ty, $($field:ident).+) => {
        impl $ty {
            /// Of the series whose label has that value.
            #[must_use]
            pub fn is(mut self, label: &str, value: &str) -> Self {
                self.$($field).+ = self.$($field).+.is(label, value);
                self
            }

            /// Of the series whose label has any other value.
            #[must_use]
            pub fn is_not(mut self, label: &str, value: &str) -> Self {
                self.$($field).+ = self.$($field).+.is_not(label, value);
                self
            }

            /// Of the series whose label matches the whole of a regular expression.
            #[must_use]
            pub fn matches(mut self, label: &str, pattern: &str) -> Self {
                self.$($field).+ = self.$($field).+.matches(label, pattern);
                self
            }

            /// Of the series whose label does not.
            #[must_use]
            pub fn matches_not(mut self, label: &str, pattern: &str) -> Self {
                self.$($field).+ = self.$($field).+.matches_not(label, pattern);
                self
            }

            /// Of the series with that value of a closed label.
            #[must_use]
            pub fn only<L: ::telemetry_core::Label>(mut self, value: L) -> Self {
                self.$($field).+ = self.$($field).+.only(value);
                self
            }

            /// Of the series with any other value of a closed label.
            #[must_use]
            pub fn except<L: ::telemetry_core::Label>(mut self, value: L) -> Self {
                self.$($field).+ = self.$($field).+.except(value);
                self
            }
        }
    };
}
pub(super) use narrowed;
