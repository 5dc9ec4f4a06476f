//! Distributions over declared buckets.

use std::sync::Arc;

use super::backend::Recorder;
use super::cells::Cells;
use super::field::Instrument;
use crate::def::{Kind, LabelDef, MetricDef};
use crate::group::Entity;
use crate::label::LabelSet;

/// A distribution over the buckets that the declaration names.
///
/// `L` is the closed label, or a tuple of them.
pub struct Histogram<L: LabelSet = ()>(Cells<Recorder, L>);

/// A histogram at one combination of its labels.
#[derive(Clone, Copy)]
pub struct HistogramAt<'a, L: LabelSet> {
    histogram: &'a Histogram<L>,
    labels: L,
}

impl<L: LabelSet> Histogram<L> {
    /// The histogram at these label values.
    #[inline]
    pub fn at(&self, labels: L) -> HistogramAt<'_, L> {
        HistogramAt { histogram: self, labels }
    }
}

impl Histogram<()> {
    /// Records `value` in the metric's unit; a negative or non-finite one is dropped and counted.
    #[inline]
    pub fn record(&self, value: f64) {
        self.at(()).record(value);
    }
}

impl<L: LabelSet> HistogramAt<'_, L> {
    /// Records `value` in the metric's unit; a negative or non-finite one is dropped and counted.
    #[inline]
    pub fn record(self, value: f64) {
        if value >= 0.0 && value.is_finite() {
            self.histogram.0.measure(self.labels, value);
        } else {
            self.histogram.0.reject();
        }
    }
}

impl<L: LabelSet> Instrument for Histogram<L> {
    const KIND: Kind = Kind::Histogram;
    const CLOSED: &'static [LabelDef] = L::LABELS;
    const OBSERVABLE: bool = false;

    fn new(def: &'static MetricDef, entity: &Arc<Entity>) -> Self {
        Self(Cells::new(def, entity))
    }
}
