//! Sums of changes in both directions.

use std::sync::Arc;

use opentelemetry::metrics as otel;

use super::cells::Cells;
use super::field::Instrument;
use crate::def::{Kind, LabelDef, MetricDef};
use crate::group::Entity;
use crate::label::LabelSet;

/// A sum of changes, up and down, such as open connections.
///
/// `L` is the closed label, or a tuple of them.
pub struct UpDownCounter<L: LabelSet = ()>(Cells<otel::UpDownCounter<i64>, L>);

/// An up-down counter at one combination of its labels.
#[derive(Clone, Copy)]
pub struct UpDownCounterAt<'a, L: LabelSet> {
    counter: &'a UpDownCounter<L>,
    labels: L,
}

impl<L: LabelSet> UpDownCounter<L> {
    /// The counter at these label values.
    #[inline]
    pub fn at(&self, labels: L) -> UpDownCounterAt<'_, L> {
        UpDownCounterAt { counter: self, labels }
    }
}

impl UpDownCounter<()> {
    /// Adds `value`, which may be negative.
    #[inline]
    pub fn add(&self, value: i64) {
        self.at(()).add(value);
    }
}

impl<L: LabelSet> UpDownCounterAt<'_, L> {
    /// Adds `value`, which may be negative.
    #[inline]
    pub fn add(self, value: i64) {
        self.counter.0.measure(self.labels, value);
    }
}

impl<L: LabelSet> Instrument for UpDownCounter<L> {
    const KIND: Kind = Kind::UpDownCounter;
    const CLOSED: &'static [LabelDef] = L::LABELS;
    const OBSERVABLE: bool = false;

    fn new(def: &'static MetricDef, entity: &Arc<Entity>) -> Self {
        Self(Cells::new(def, entity))
    }
}
