//! What an instrument of ours records into: a bound instrument of opentelemetry, or an ordinary one and its attributes.
//!
//! The rest of the crate sees [`Backend`] only, so that either can be replaced.

use std::sync::Arc;

use opentelemetry::KeyValue;
use opentelemetry::metrics as otel;

use super::tally::{HandOver, Sum, Tally};
use crate::histograms::{Distribution, HistogramMetric};

/// The instrument of one metric, not yet bound to attributes.
pub(crate) trait Backend: Clone + Send + Sync + 'static {
    /// The type of a measurement.
    type Value: Copy;
    /// The instrument bound to a set of attributes.
    type Bound: Send + Sync;

    /// Whether what is added to a series is taken away from it later, so that it has to be the same one.
    const IS_BALANCED: bool = false;

    fn bind(&self, attributes: Vec<KeyValue>) -> Self::Bound;
    fn measure(bound: &Self::Bound, value: Self::Value);

    /// What has to be handed over at each collection, if measurements are added up in between.
    fn tally(_: &Self::Bound) -> Option<Arc<dyn HandOver>> {
        None
    }
}

/// An instrument of opentelemetry and its attributes.
#[cfg(not(feature = "bound-instruments"))]
pub(crate) struct Unbound<I>(I, Box<[KeyValue]>);

/// Each measurement goes to opentelemetry.
macro_rules! direct {
    ($instrument:ident, $bound:ident, $value:ty, $method:ident) => {
        impl Backend for otel::$instrument<$value> {
            type Value = $value;
            #[cfg(feature = "bound-instruments")]
            type Bound = otel::$bound<$value>;
            #[cfg(not(feature = "bound-instruments"))]
            type Bound = Unbound<Self>;

            #[cfg(feature = "bound-instruments")]
            fn bind(&self, attributes: Vec<KeyValue>) -> Self::Bound {
                otel::$instrument::bind(self, &attributes)
            }
            #[cfg(not(feature = "bound-instruments"))]
            fn bind(&self, attributes: Vec<KeyValue>) -> Self::Bound {
                Unbound(self.clone(), attributes.into_boxed_slice())
            }

            #[cfg(feature = "bound-instruments")]
            #[inline]
            fn measure(bound: &Self::Bound, value: $value) {
                bound.$method(value);
            }
            #[cfg(not(feature = "bound-instruments"))]
            fn measure(Unbound(instrument, attributes): &Self::Bound, value: $value) {
                instrument.$method(value, attributes);
            }
        }
    };
}

/// Measurements are added up, and their sum goes to opentelemetry.
macro_rules! tallied {
    ($instrument:ident, $bound:ident, $value:ty, $is_balanced:literal) => {
        #[cfg(feature = "bound-instruments")]
        impl Sum for otel::$bound<$value> {
            type Value = $value;

            fn add(&self, value: $value) {
                otel::$bound::add(self, value);
            }
        }

        #[cfg(not(feature = "bound-instruments"))]
        impl Sum for Unbound<otel::$instrument<$value>> {
            type Value = $value;

            fn add(&self, value: $value) {
                self.0.add(value, &self.1);
            }
        }

        impl Backend for otel::$instrument<$value> {
            type Value = $value;
            #[cfg(feature = "bound-instruments")]
            type Bound = Arc<Tally<otel::$bound<$value>>>;
            #[cfg(not(feature = "bound-instruments"))]
            type Bound = Arc<Tally<Unbound<Self>>>;
            const IS_BALANCED: bool = $is_balanced;

            #[cfg(feature = "bound-instruments")]
            fn bind(&self, attributes: Vec<KeyValue>) -> Self::Bound {
                Arc::new(Tally::new(otel::$instrument::bind(self, &attributes)))
            }
            #[cfg(not(feature = "bound-instruments"))]
            fn bind(&self, attributes: Vec<KeyValue>) -> Self::Bound {
                Arc::new(Tally::new(Unbound(self.clone(), attributes.into_boxed_slice())))
            }

            #[inline]
            fn measure(bound: &Self::Bound, value: $value) {
                bound.add(value);
            }

            fn tally(bound: &Self::Bound) -> Option<Arc<dyn HandOver>> {
                let tally = Arc::clone(bound);
                Some(tally)
            }
        }
    };
}

tallied!(Counter, BoundCounter, u64, false);
tallied!(UpDownCounter, BoundUpDownCounter, i64, true);
direct!(Counter, BoundCounter, f64, add);
direct!(Gauge, BoundGauge, f64, record);
direct!(Histogram, BoundHistogram, f64, record);

/// Where a histogram is kept: by the meter itself, or by the provider of an application that exports what that collects.
#[derive(Clone)]
pub(crate) enum Recorder {
    Own(Arc<HistogramMetric>),
    Otel(otel::Histogram<f64>),
}

pub(crate) enum BoundRecorder {
    Own(Arc<Distribution>),
    Otel(<otel::Histogram<f64> as Backend>::Bound),
}

impl Backend for Recorder {
    type Value = f64;
    type Bound = BoundRecorder;

    fn bind(&self, attributes: Vec<KeyValue>) -> BoundRecorder {
        match self {
            Self::Own(metric) => BoundRecorder::Own(metric.series(attributes)),
            Self::Otel(histogram) => BoundRecorder::Otel(Backend::bind(histogram, attributes)),
        }
    }

    #[inline]
    fn measure(bound: &BoundRecorder, value: f64) {
        match bound {
            BoundRecorder::Own(distribution) => distribution.record(value),
            BoundRecorder::Otel(bound) => <otel::Histogram<f64> as Backend>::measure(bound, value),
        }
    }
}
