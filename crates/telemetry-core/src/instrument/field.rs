//! What the derive asks of a field of a metric group.

use std::sync::Arc;

use crate::def::{Kind, LabelDef, MetricDef};
use crate::group::{Entity, Sink};

/// A field type of a metric group: what the derive asks of it.
pub trait Instrument: Sized {
    /// The kind of metric it records.
    const KIND: Kind;
    /// Its closed labels.
    const CLOSED: &'static [LabelDef];
    /// Whether its value is read at collection.
    const OBSERVABLE: bool;

    /// The instrument of one entity.
    #[doc(hidden)]
    fn new(def: &'static MetricDef, entity: &Arc<Entity>) -> Self;

    /// Has the series of a counter there at zero, before anything was counted.
    #[doc(hidden)]
    fn begin(&self) {}

    /// Reports what an observable instrument has to say.
    #[doc(hidden)]
    fn observe(&self, _: &mut Sink<'_>) {}
}
