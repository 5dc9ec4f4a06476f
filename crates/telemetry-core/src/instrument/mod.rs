//! The typed instruments that the fields of a metric group are.

mod backend;
mod cells;
mod counter;
mod gauge;
mod histogram;
mod observable;
mod observed;
mod tally;
mod up_down_counter;

pub(crate) use backend::{Backend, Recorder};
pub use counter::{Counter, CounterAt, CounterValue};
pub use gauge::{Gauge, GaugeAt};
pub use histogram::{Histogram, HistogramAt};
pub use observable::{ObservableCounter, ObservableGauge, ObservableUpDownCounter};
pub use observed::Observed;
pub(crate) use tally::{HandOver, Heartbeat, Tallies};
pub use up_down_counter::{UpDownCounter, UpDownCounterAt};

use std::sync::Arc;

use crate::def::{Kind, LabelDef, MetricDef};
use crate::group::Entity;

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

    /// Reports what an observable instrument has to say.
    #[doc(hidden)]
    fn observe(&self, _: &mut crate::group::Sink<'_>) {}
}
