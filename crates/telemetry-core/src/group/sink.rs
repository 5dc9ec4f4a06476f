//! Where the values of observable instruments go.

use opentelemetry::KeyValue;
use opentelemetry::metrics::AsyncInstrument;

use crate::meter::Meter;

/// Where an observable instrument reports its values at a collection.
pub struct Sink<'a> {
    instrument: &'a dyn AsyncInstrument<f64>,
    meter: &'a Meter,
}

impl<'a> Sink<'a> {
    pub(super) fn new(instrument: &'a dyn AsyncInstrument<f64>, meter: &'a Meter) -> Self {
        Self { instrument, meter }
    }

    pub(crate) fn observe(&mut self, value: f64, attributes: &[KeyValue]) {
        self.instrument.observe(value, attributes);
    }

    pub(crate) fn panicked(&mut self) {
        if let Some(context) = self.meter.context() {
            context.count_dropped("callback_panicked");
        }
    }
}
