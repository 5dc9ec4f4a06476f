//! The typed instruments that the fields of a metric group are.

mod backend;
mod cells;
mod counter;
mod field;
mod gauge;
mod histogram;
mod observable;
mod observed;
mod tally;
mod up_down_counter;

pub(crate) use backend::{Backend, Recorder};
pub use counter::{Counter, CounterAt, CounterValue};
pub use field::Instrument;
pub use gauge::{Gauge, GaugeAt};
pub use histogram::{Histogram, HistogramAt};
pub use observable::{ObservableCounter, ObservableGauge, ObservableUpDownCounter};
pub use observed::Observed;
pub(crate) use tally::{HandOver, Heartbeat, Tallies};
pub use up_down_counter::{UpDownCounter, UpDownCounterAt};
