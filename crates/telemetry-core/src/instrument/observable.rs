//! Values that are read when metrics are collected, for as long as their entity is live.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::field::Instrument;
use super::observed::Observed;
use crate::contained::contained;
use crate::def::{Kind, LabelDef, MetricDef};
use crate::group::{Asks, Entity, Sink};
use crate::label::LabelSet;

type Read<L> = Box<dyn Fn(&dyn Fn(L, f64)) + Send + Sync>;

/// The cells of one observable metric of one entity, and the closure that fills them if there is one.
struct Cells<L: LabelSet> {
    def: &'static MetricDef,
    entity: Arc<Entity>,
    cells: L::Cells<Observed>,
    read: OnceLock<Read<L>>,
    /// Whether the closure has begun and not returned.
    is_reading: AtomicBool,
    hanging_said: AtomicBool,
}

impl<L: LabelSet> Cells<L> {
    fn new(def: &'static MetricDef, entity: &Arc<Entity>) -> Self {
        Self {
            def,
            entity: Arc::clone(entity),
            cells: L::cells(&mut Observed::absent),
            read: OnceLock::new(),
            is_reading: AtomicBool::new(false),
            hanging_said: AtomicBool::new(false),
        }
    }

    fn observe(&self, sink: &mut Sink<'_>) {
        match &mut sink.asks {
            Asks::IsRead(is_read) => **is_read |= self.read.get().is_some(),
            Asks::Read => self.read(sink),
            Asks::Skip => self.skip(sink),
            Asks::Report(_) => self.report(sink),
        }
    }

    /// Collections read one after the other, so that a closure that has begun before hangs since then.
    fn read(&self, sink: &mut Sink<'_>) {
        let Some(read) = self.read.get() else { return };
        if self.is_reading.swap(true, Ordering::AcqRel) {
            return;
        }
        L::for_each(&mut |labels| labels.cell(&self.cells).clear());
        if contained(|| read(&|labels, value| labels.cell(&self.cells).set(value))).is_err() {
            L::for_each(&mut |labels| labels.cell(&self.cells).clear());
            sink.left_out("callback_panicked");
        }
        self.is_reading.store(false, Ordering::Release);
    }

    /// One that hangs is counted where the values are reported.
    fn skip(&self, sink: &mut Sink<'_>) {
        if self.read.get().is_some() && !self.is_reading.load(Ordering::Acquire) {
            L::for_each(&mut |labels| labels.cell(&self.cells).clear());
            sink.left_out("callback_hangs");
        }
    }

    fn report(&self, sink: &mut Sink<'_>) {
        if self.is_reading.load(Ordering::Acquire) {
            sink.left_out("callback_hangs");
            if !self.hanging_said.swap(true, Ordering::Relaxed) {
                let metric = self.def.name;
                let say =
                    || tracing::warn!(target: "telemetry", metric, "what reads the metric does not return: left out");
                let _panic_of_a_layer = contained(say);
            }
            return;
        }
        L::for_each(&mut |labels| {
            if let Some(value) = labels.cell(&self.cells).get() {
                let mut attributes = self.entity.attributes().to_vec();
                labels.push_attributes(&mut attributes);
                attributes.sort_by(|a, b| a.key.cmp(&b.key));
                sink.report(value, &attributes);
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
            /// not report is left out. The first closure stays; whether this one was the first is returned.
            ///
            /// It runs on a thread of the telemetry's. A panic in it costs only this metric of this entity, and so does
            /// a closure that has not returned after a second: the metric is left out until it does, which is said once
            /// and counted in `telemetry_dropped_total` at each collection (`callback_panicked`, `callback_hangs`).
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

            fn new(def: &'static MetricDef, entity: &Arc<Entity>) -> Self {
                Self(Cells::new(def, entity))
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
