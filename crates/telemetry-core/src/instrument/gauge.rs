//! Values that are set, of which the last one counts.

use std::sync::Arc;

use opentelemetry::metrics as otel;

use super::cells::Cells;
use super::field::Instrument;
use crate::def::{Kind, LabelDef, MetricDef};
use crate::group::Entity;
use crate::label::LabelSet;

/// The last value set. A series stays for the life of the process: what may end is an [`ObservableGauge`](super::ObservableGauge).
///
/// `L` is the closed label, or a tuple of them.
pub struct Gauge<L: LabelSet = ()>(Cells<otel::Gauge<f64>, L>);

/// A gauge at one combination of its labels.
#[derive(Clone, Copy)]
pub struct GaugeAt<'a, L: LabelSet> {
    gauge: &'a Gauge<L>,
    labels: L,
}

impl<L: LabelSet> Gauge<L> {
    /// The gauge at these label values.
    #[inline]
    pub fn at(&self, labels: L) -> GaugeAt<'_, L> {
        GaugeAt { gauge: self, labels }
    }
}

impl Gauge<()> {
    /// Sets the value; a non-finite one is dropped and counted.
    #[inline]
    pub fn set(&self, value: f64) {
        self.at(()).set(value);
    }
}

impl<L: LabelSet> GaugeAt<'_, L> {
    /// Sets the value; a non-finite one is dropped and counted.
    #[inline]
    pub fn set(self, value: f64) {
        if value.is_finite() {
            self.gauge.0.measure(self.labels, value);
        } else {
            self.gauge.0.reject();
        }
    }
}

impl<L: LabelSet> Instrument for Gauge<L> {
    const KIND: Kind = Kind::Gauge;
    const CLOSED: &'static [LabelDef] = L::LABELS;
    const OBSERVABLE: bool = false;

    fn new(def: &'static MetricDef, entity: &Arc<Entity>) -> Self {
        Self(Cells::new(def, entity))
    }
}
