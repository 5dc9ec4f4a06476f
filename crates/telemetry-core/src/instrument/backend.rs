//! What an instrument of ours records into: a bound instrument of opentelemetry, or an ordinary one and its attributes.
//!
//! The rest of the crate sees [`Backend`] only, so that either can be replaced.

use opentelemetry::KeyValue;
use opentelemetry::metrics as otel;

/// The instrument of one metric, not yet bound to attributes.
pub(crate) trait Backend: Clone + Send + Sync + 'static {
    /// The type of a measurement.
    type Value: Copy;
    /// The instrument bound to a set of attributes.
    type Bound: Send + Sync;

    fn bind(&self, attributes: Vec<KeyValue>) -> Self::Bound;
    fn measure(bound: &Self::Bound, value: Self::Value);
}

#[cfg(feature = "bound-instruments")]
macro_rules! backend {
    ($instrument:ident, $bound:ident, $value:ty, $method:ident) => {
        impl Backend for otel::$instrument<$value> {
            type Value = $value;
            type Bound = otel::$bound<$value>;

            fn bind(&self, attributes: Vec<KeyValue>) -> Self::Bound {
                otel::$instrument::bind(self, &attributes)
            }
            #[inline]
            fn measure(bound: &Self::Bound, value: $value) {
                bound.$method(value);
            }
        }
    };
}

#[cfg(not(feature = "bound-instruments"))]
macro_rules! backend {
    ($instrument:ident, $bound:ident, $value:ty, $method:ident) => {
        impl Backend for otel::$instrument<$value> {
            type Value = $value;
            type Bound = (Self, Box<[KeyValue]>);

            fn bind(&self, attributes: Vec<KeyValue>) -> Self::Bound {
                (self.clone(), attributes.into_boxed_slice())
            }
            fn measure(bound: &Self::Bound, value: $value) {
                bound.0.$method(value, &bound.1);
            }
        }
    };
}

backend!(Counter, BoundCounter, u64, add);
backend!(Counter, BoundCounter, f64, add);
backend!(UpDownCounter, BoundUpDownCounter, i64, add);
backend!(Gauge, BoundGauge, f64, record);
backend!(Histogram, BoundHistogram, f64, record);
