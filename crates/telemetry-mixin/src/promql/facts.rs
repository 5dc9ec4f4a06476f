//! What is known of the vector that a part of an expression evaluates to.

use super::labels::LabelSet;

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
    Accumulated { name: String, of: Counted },
    /// What rises per second or has risen in a window.
    Rate { of: Counted },
    /// A value that may rise and fall, be it a histogram's quantile or any other.
    Level { quantile: bool },
    /// Nothing is known, or a problem has been reported already.
    Unknown,
}

/// What a counter or its rate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    Number,
    /// A classic histogram's values up to each bound.
    Bucket,
    /// A native histogram's values: each sample is a histogram.
    Histogram,
}

impl Facts {
    pub(crate) fn unknown() -> Self {
        Self { value: Value::Unknown, labels: LabelSet::unknown(), last_bound: None }
    }

    pub(crate) fn scalar() -> Self {
        Self { value: Value::Scalar, labels: LabelSet::none(), last_bound: None }
    }

    pub(crate) fn level(labels: LabelSet) -> Self {
        Self { value: Value::Level { quantile: false }, labels, last_bound: None }
    }

    pub(crate) fn is_scalar(&self) -> bool {
        self.value == Value::Scalar
    }
}
