//! Values that are read when metrics are collected, for as long as their entity is live.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use super::field::Instrument;
use super::observed::Observed;
use crate::def::{Kind, LabelDef, MetricDef};
use crate::group::{Entity, Sink};
use crate::label::LabelSet;

type Read<L> = Box<dyn Fn(&dyn Fn(L, f64)) + Send + Sync>;

/// The cells of one observable metric of one entity, and the closure that fills them if there is one.
struct Cells<L: LabelSet> {
    entity: Arc<Entity>,
    cells: L::Cells<Observed>,
    read: OnceLock<Read<L>>,
}

impl<L: LabelSet> Cells<L> {
    fn new(entity: &Arc<Entity>) -> Self {
        Self { entity: Arc::clone(entity), cells: L::cells(&mut Observed::absent), read: OnceLock::new() }
    }

    fn observe(&self, sink: &mut Sink<'_>) {
        if let Some(read) = self.read.get() {
            L::for_each(&mut |labels| labels.cell(&self.cells).clear());
            let fill = || read(&|labels, value| labels.cell(&self.cells).set(value));
            if catch_unwind(AssertUnwindSafe(fill)).is_err() {
                sink.panicked();
                return;
            }
        }
        L::for_each(&mut |labels| {
            if let Some(value) = labels.cell(&self.cells).get() {
                let mut attributes = self.entity.attributes().to_vec();
                labels.push_attributes(&mut attributes);
                attributes.sort_by(|a, b| a.key.cmp(&b.key));
                sink.observe(value, &attributes);
            }
        });
    }
}

macro_rules! observable {
    ($name:ident, $kind:ident, $doc:literal) => {
        #[doc = $doc]
        ///
        /// It belongs to a live entity (`Family::live`) or to a `Single`, and its series end with that.
        pub struct $name<L: LabelSet = ()>(Cells<L>);

        impl<L: LabelSet> $name<L> {
            /// The value at these label values.
            pub fn at(&self, labels: L) -> &Observed {
                labels.cell(&self.0.cells)
            }

            /// Reads the values at each collection: `read` is given a function to report them with, and what it does
            /// not report is left out. A panic in it costs only this metric of this entity, and is counted. The first
            /// closure stays; whether this one was the first is returned.
            ///
            /// It runs on the collecting thread and must not block.
            pub fn read_with(&self, read: impl Fn(&dyn Fn(L, f64)) + Send + Sync + 'static) -> bool {
                self.0.read.set(Box::new(read)).is_ok()
            }
        }

        impl $name<()> {
            /// Sets the value.
            pub fn set(&self, value: f64) {
                self.at(()).set(value);
            }
        }

        impl<L: LabelSet> Instrument for $name<L> {
            const KIND: Kind = Kind::$kind;
            const CLOSED: &'static [LabelDef] = L::LABELS;
            const OBSERVABLE: bool = true;

            fn new(_: &'static MetricDef, entity: &Arc<Entity>) -> Self {
                Self(Cells::new(entity))
            }

            fn observe(&self, sink: &mut Sink<'_>) {
                self.0.observe(sink);
            }
        }
    };
}

observable!(ObservableCounter, Counter, "A sum that is read at collection, such as CPU time consumed.");
observable!(ObservableUpDownCounter, UpDownCounter, "A sum of changes that is read at collection.");
observable!(ObservableGauge, Gauge, "A value that is read at collection, such as an agent's current turn.");
