//! The kinds of problems, by which they are ignored and weighed.

use std::fmt;
use std::str::FromStr;

/// A kind of problem, by which those who check foreign files ignore and weigh what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Lint {
    /// It is not PromQL, or larger than the bounds.
    Syntax,
    /// A metric that nobody declares, in the platform's own namespace or spelt almost like a declared one.
    UnknownMetric,
    /// A metric that nobody declares, and that is none of the platform's by its name.
    ForeignMetric,
    /// A label that the series do not carry.
    UnknownLabel,
    /// A value that a label never has, or a bound that no bucket has.
    UnknownValue,
    /// A counter as it stands.
    RawCounter,
    /// A rate of a gauge, or a difference of a counter.
    WrongFunction,
    /// A rate after a sum.
    RateAfterSum,
    /// A quantile without buckets, or of a rank outside of 0 to 1.
    Quantile,
    /// A histogram under its own name, where Prometheus is not said to keep it natively.
    NativeHistogram,
    /// Two sides whose series do not find each other.
    DifferentLabels,
    /// A sum of ratios of rates.
    RatioInside,
    /// A comparison that never holds.
    NeverTrue,
    /// An alert that compares with nothing.
    NoComparison,
    /// An alert on members that change at every evaluation.
    ChangingMembers,
    /// A variable of Grafana in a rule.
    GrafanaVariable,
    /// A comment to ignore something that is not understood or ignores nothing.
    Ignore,
    /// A file, or a text within one, that holds neither rules nor dashboards that can be read.
    Unreadable,
    /// Any other.
    Other,
}

/// How much a problem weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It is told, and that is all.
    Note,
    /// It is told, and the check passes.
    Warning,
    /// The check fails.
    Error,
}

impl Lint {
    /// All, in the order in which they are listed.
    pub const ALL: [Self; 19] = [
        Self::Syntax,
        Self::UnknownMetric,
        Self::ForeignMetric,
        Self::UnknownLabel,
        Self::UnknownValue,
        Self::RawCounter,
        Self::WrongFunction,
        Self::RateAfterSum,
        Self::Quantile,
        Self::NativeHistogram,
        Self::DifferentLabels,
        Self::RatioInside,
        Self::NeverTrue,
        Self::NoComparison,
        Self::ChangingMembers,
        Self::GrafanaVariable,
        Self::Ignore,
        Self::Unreadable,
        Self::Other,
    ];

    /// As it is written in comments and flags.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::UnknownMetric => "unknown-metric",
            Self::ForeignMetric => "foreign-metric",
            Self::UnknownLabel => "unknown-label",
            Self::UnknownValue => "unknown-value",
            Self::RawCounter => "raw-counter",
            Self::WrongFunction => "wrong-function",
            Self::RateAfterSum => "rate-after-sum",
            Self::Quantile => "quantile",
            Self::NativeHistogram => "native-histogram",
            Self::DifferentLabels => "different-labels",
            Self::RatioInside => "ratio-inside",
            Self::NeverTrue => "never-true",
            Self::NoComparison => "no-comparison",
            Self::ChangingMembers => "changing-members",
            Self::GrafanaVariable => "grafana-variable",
            Self::Ignore => "ignore",
            Self::Unreadable => "unreadable",
            Self::Other => "other",
        }
    }

    /// What it finds, in a sentence.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Syntax => "An expression is not PromQL, or larger than the bounds.",
            Self::UnknownMetric => {
                "A metric of the platform's namespace, or spelt almost like a declared one, is not declared."
            }
            Self::ForeignMetric => "A metric is in no catalogue, and no rule records it.",
            Self::UnknownLabel => "Series do not carry a label.",
            Self::UnknownValue => "A label never has a value, or no bucket has a bound.",
            Self::RawCounter => "A counter is used as it stands.",
            Self::WrongFunction => "A rate is taken of a gauge, or a difference of a counter.",
            Self::RateAfterSum => "A rate is taken after a sum.",
            Self::Quantile => "A quantile has no buckets, or a rank outside of 0 to 1.",
            Self::NativeHistogram => {
                "A histogram is read under its own name, where Prometheus has a series only if it keeps it natively."
            }
            Self::DifferentLabels => "The series of two sides do not find each other.",
            Self::RatioInside => "Ratios of rates are summed, so that each weighs the same.",
            Self::NeverTrue => "A comparison never holds.",
            Self::NoComparison => "An alert compares with nothing.",
            Self::ChangingMembers => "An alert is on members that change at every evaluation.",
            Self::GrafanaVariable => "A rule has a variable of Grafana.",
            Self::Ignore => "A comment to ignore something is not understood, or ignores nothing.",
            Self::Unreadable => "A file, or a text within one, cannot be read as rules or as a dashboard.",
            Self::Other => "Anything else.",
        }
    }

    /// How much it weighs unless something else is said.
    #[must_use]
    pub const fn weight(self) -> Weight {
        match self {
            // Whether there is such a series is up to the Prometheus that scrapes.
            Self::Ignore | Self::NativeHistogram => Weight::Warning,
            _ => Weight::Error,
        }
    }
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Lint {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|lint| lint.name() == name).ok_or_else(|| {
            let all = Self::ALL.map(Self::name).join(", ");
            format!("there is no kind of problem {name:?}; there are {all}")
        })
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}
