//! Where the values of observable instruments go, and what is asked of them at a collection.

use opentelemetry::KeyValue;
use opentelemetry::metrics::AsyncInstrument;

use crate::meter::Meter;

/// What a collection asks of an observable instrument: first whether it is read by a closure, then to read it, then to
/// report its values.
pub struct Sink<'a> {
    pub(crate) asks: Asks<'a>,
    meter: &'a Meter,
}

/// What is asked of an observable instrument.
pub(crate) enum Asks<'a> {
    /// Whether there is a closure that reads it.
    IsRead(&'a mut bool),
    /// To run that closure.
    Read,
    /// To do without it, and without what it said before.
    Skip,
    /// To report its values.
    Report(&'a dyn AsyncInstrument<f64>),
}

impl<'a> Sink<'a> {
    pub(super) fn new(asks: Asks<'a>, meter: &'a Meter) -> Self {
        Self { asks, meter }
    }

    pub(crate) fn report(&mut self, value: f64, attributes: &[KeyValue]) {
        if let Asks::Report(instrument) = self.asks {
            instrument.observe(value, attributes);
        }
    }

    /// Counts that a metric of an entity is left out.
    pub(crate) fn left_out(&mut self, reason: &'static str) {
        if let Some(context) = self.meter.context() {
            context.count_dropped(reason);
        }
    }
}
