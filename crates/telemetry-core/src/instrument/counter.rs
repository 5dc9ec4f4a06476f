//! Sums that only rise.

use std::sync::Arc;

use super::backend::Backend;
use super::cells::Cells;
use super::field::Instrument;
use crate::def::{Kind, LabelDef, MetricDef};
use crate::group::Entity;
use crate::label::LabelSet;
use crate::meter::FromInstrument;

/// A sum that only rises: of `u64` unless declared otherwise, of `f64` for amounts such as US dollars.
///
/// `L` is the closed label, or a tuple of them.
pub struct Counter<L: LabelSet = (), V: CounterValue = u64>(Cells<V::Backend, L>);

/// What a [`Counter`] adds up: `u64`, or `f64`, of which negative and non-finite values are refused.
pub trait CounterValue: Copy + Default + Send + Sync + 'static + sealed::Value {}

impl CounterValue for u64 {}
impl CounterValue for f64 {}

mod sealed {
    use super::{Backend, FromInstrument};
    use opentelemetry::metrics as otel;

    pub trait Value: Sized {
        #[allow(private_bounds, private_interfaces, reason = "the trait is sealed: nobody outside can name the type")]
        type Backend: Backend<Value = Self> + FromInstrument;

        fn sound(self) -> bool;
    }

    impl Value for u64 {
        type Backend = otel::Counter<u64>;

        #[inline]
        fn sound(self) -> bool {
            true
        }
    }

    impl Value for f64 {
        type Backend = otel::Counter<f64>;

        #[inline]
        fn sound(self) -> bool {
            self >= 0.0 && self.is_finite()
        }
    }
}

/// A counter at one combination of its labels.
#[derive(Clone, Copy)]
pub struct CounterAt<'a, L: LabelSet, V: CounterValue> {
    counter: &'a Counter<L, V>,
    labels: L,
}

impl<L: LabelSet, V: CounterValue> Counter<L, V> {
    /// The counter at these label values.
    #[inline]
    pub fn at(&self, labels: L) -> CounterAt<'_, L, V> {
        CounterAt { counter: self, labels }
    }
}

impl<V: CounterValue> Counter<(), V> {
    /// Adds `value`; a negative or non-finite `f64` is dropped and counted.
    #[inline]
    pub fn add(&self, value: V) {
        self.at(()).add(value);
    }
}

impl<L: LabelSet, V: CounterValue> CounterAt<'_, L, V> {
    /// Adds `value`; a negative or non-finite `f64` is dropped and counted.
    #[inline]
    pub fn add(self, value: V) {
        if sealed::Value::sound(value) {
            self.counter.0.measure(self.labels, value);
        } else {
            self.counter.0.reject();
        }
    }
}

impl<L: LabelSet, V: CounterValue> Instrument for Counter<L, V> {
    const KIND: Kind = Kind::Counter;
    const CLOSED: &'static [LabelDef] = L::LABELS;
    const OBSERVABLE: bool = false;

    fn new(def: &'static MetricDef, entity: &Arc<Entity>) -> Self {
        Self(Cells::new(def, entity))
    }

    fn begin(&self) {
        self.0.begin(V::default());
    }
}
