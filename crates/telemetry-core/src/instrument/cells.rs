//! The series of one metric of one entity: one cell for each combination of closed labels.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::backend::Backend;
use crate::def::MetricDef;
use crate::group::Entity;
use crate::label::LabelSet;
use crate::meter::FromInstrument;

/// One metric of one entity: a cell for each combination of its closed labels, bound at its first use.
///
/// Binding waits for the first measurement because a bound histogram that never recorded exports extremes as its
/// minimum and maximum, and because the meter may not be there yet.
pub(crate) struct Cells<B: Backend, L: LabelSet> {
    def: &'static MetricDef,
    entity: Arc<Entity>,
    cells: L::Cells<OnceLock<Cell<B>>>,
}

pub(crate) struct Cell<B: Backend> {
    bound: B::Bound,
    /// Whether it stands for other series than the one asked for.
    folded: bool,
}

impl<B: Backend + FromInstrument, L: LabelSet> Cells<B, L> {
    pub(crate) fn new(def: &'static MetricDef, entity: &Arc<Entity>) -> Self {
        Self { def, entity: Arc::clone(entity), cells: L::cells(&mut OnceLock::new) }
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
        let cell = match labels.cell(&self.cells).get() {
            Some(cell) => cell,
            None => {
                let Some(instrument) = context.instrument::<B>(self.def) else { return };
                labels.cell(&self.cells).get_or_init(|| {
                    let (mut attributes, folded) = self.entity.claim_series(&context);
                    labels.push_attributes(&mut attributes);
                    attributes.sort_by(|a, b| a.key.cmp(&b.key));
                    let bound = instrument.bind(attributes);
                    context.hand_over_at_collection(B::tally(&bound));
                    Cell { bound, folded }
                })
            }
        };
        if cell.folded {
            context.count_folded(self.def);
        }
        B::measure(&cell.bound, value);
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
