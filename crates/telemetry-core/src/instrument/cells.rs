//! The series of one metric of one entity: one cell for each combination of closed labels.

use std::fmt;
use std::sync::{Arc, OnceLock};

use opentelemetry::KeyValue;

use super::backend::Backend;
use crate::def::MetricDef;
use crate::group::Entity;
use crate::label::LabelSet;
use crate::meter::{Context, FromInstrument};

/// One metric of one entity: a cell for each combination of its closed labels, bound at its first use.
///
/// Binding waits for the first measurement because a bound histogram that never recorded exports extremes as its
/// minimum and maximum, and because the meter may not be there yet.
pub(crate) struct Cells<B: Backend, L: LabelSet> {
    def: &'static MetricDef,
    entity: Arc<Entity>,
    cells: L::Cells<OnceLock<Cell<B>>>,
    /// Where measurements go for as long as there is no room for their series.
    shared: OnceLock<Box<L::Cells<OnceLock<Cell<B>>>>>,
}

pub(crate) struct Cell<B: Backend> {
    bound: B::Bound,
    /// Whether it stands for other series than the one asked for.
    folded: bool,
}

impl<B: Backend + FromInstrument, L: LabelSet> Cells<B, L> {
    pub(crate) fn new(def: &'static MetricDef, entity: &Arc<Entity>) -> Self {
        Self { def, entity: Arc::clone(entity), cells: L::cells(&mut OnceLock::new), shared: OnceLock::new() }
    }

    /// Records a value that has been found sound.
    #[inline]
    pub(crate) fn measure(&self, labels: L, value: B::Value) {
        match labels.cell(&self.cells).get() {
            Some(cell) if !cell.folded => B::measure(&cell.bound, value),
            _ => self.measure_slowly(labels, value),
        }
    }

    #[cold]
    fn measure_slowly(&self, labels: L, value: B::Value) {
        let Some(context) = self.entity.context() else { return };
        let own = labels.cell(&self.cells);
        let shared = self.shared.get().filter(|_| B::IS_BALANCED).and_then(|shared| labels.cell(shared).get());
        let cell = match own.get().or(shared) {
            Some(cell) => cell,
            None => {
                let Some(instrument) = context.instrument::<B>(self.def) else { return };
                let bind = |series| Self::bind(&instrument, &context, labels, series);
                // A series that had no room gets its own once it has: its entity may be registered late.
                if self.entity.has_room(&context) {
                    own.get_or_init(|| bind(self.entity.claim_series(&context)))
                } else {
                    let shared = self.shared.get_or_init(|| Box::new(L::cells(&mut OnceLock::new)));
                    labels.cell(shared).get_or_init(|| bind(self.entity.shared_series()))
                }
            }
        };
        if cell.folded {
            context.count_folded(self.def);
        }
        B::measure(&cell.bound, value);
    }

    /// Has the series of each combination there before its first measurement, at `zero`, while there is ample room for
    /// them.
    pub(crate) fn begin(&self, zero: B::Value) {
        let Some(context) = self.entity.context() else { return };
        let Some(instrument) = context.instrument::<B>(self.def) else { return };
        L::for_each(&mut |labels| {
            let own = labels.cell(&self.cells);
            if own.get().is_none() && self.entity.has_ample_room(&context) {
                let cell =
                    own.get_or_init(|| Self::bind(&instrument, &context, labels, self.entity.claim_series(&context)));
                B::measure(&cell.bound, zero);
            }
        });
    }

    fn bind(instrument: &B, context: &Context, labels: L, series: (Vec<KeyValue>, bool)) -> Cell<B> {
        let (mut attributes, folded) = series;
        labels.push_attributes(&mut attributes);
        attributes.sort_by(|a, b| a.key.cmp(&b.key));
        let bound = instrument.bind(attributes);
        context.hand_over_at_collection(B::tally(&bound));
        Cell { bound, folded }
    }

    /// Counts a value that would have corrupted the series.
    #[cold]
    pub(crate) fn reject(&self) {
        if let Some(context) = self.entity.context() {
            context.count_dropped("invalid_value");
        }
    }
}

impl<B: Backend, L: LabelSet> fmt::Debug for Cells<B, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.def.name)
    }
}
