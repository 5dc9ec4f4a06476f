//! Each instrument of opentelemetry built once, by its name.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use opentelemetry::metrics::{self as otel, Meter};

use crate::histograms::Histograms;
use crate::instrument::{Backend, Recorder};

/// An instrument of opentelemetry of any type of ours.
#[derive(Clone)]
pub(crate) enum AnyInstrument {
    Counter(otel::Counter<u64>),
    FloatCounter(otel::Counter<f64>),
    UpDownCounter(otel::UpDownCounter<i64>),
    Gauge(otel::Gauge<f64>),
    Histogram(Recorder),
}

/// How one is declared to opentelemetry.
pub(crate) struct Declaration<'a> {
    pub(crate) scope: &'static str,
    pub(crate) name: Cow<'static, str>,
    pub(crate) help: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) buckets: &'a [f64],
    /// Where histograms are kept, unless the provider keeps them.
    pub(crate) histograms: Option<&'a Histograms>,
}

/// A back end that a meter can build.
pub(crate) trait FromInstrument: Backend {
    fn build(meter: &Meter, declaration: Declaration<'_>) -> Self;
    fn wrap(self) -> AnyInstrument;
    fn unwrap(any: &AnyInstrument) -> Option<&Self>;
}

macro_rules! from_instrument {
    ($type:ty, $variant:ident, $builder:ident) => {
        impl FromInstrument for $type {
            fn build(meter: &Meter, declaration: Declaration<'_>) -> Self {
                let Declaration { name, help, unit, .. } = declaration;
                meter.$builder(name).with_description(help).with_unit(unit).build()
            }
            fn wrap(self) -> AnyInstrument {
                AnyInstrument::$variant(self)
            }
            fn unwrap(any: &AnyInstrument) -> Option<&Self> {
                if let AnyInstrument::$variant(instrument) = any { Some(instrument) } else { None }
            }
        }
    };
}

from_instrument!(otel::Counter<u64>, Counter, u64_counter);
from_instrument!(otel::Counter<f64>, FloatCounter, f64_counter);
from_instrument!(otel::UpDownCounter<i64>, UpDownCounter, i64_up_down_counter);
from_instrument!(otel::Gauge<f64>, Gauge, f64_gauge);

impl FromInstrument for Recorder {
    fn build(meter: &Meter, declaration: Declaration<'_>) -> Self {
        let Declaration { scope, name, help, unit, buckets, histograms } = declaration;
        match histograms {
            Some(histograms) => Self::Own(histograms.metric(scope, name, help, unit, buckets)),
            None => {
                let builder = meter.f64_histogram(name).with_description(help).with_unit(unit);
                Self::Otel(builder.with_boundaries(buckets.to_vec()).build())
            }
        }
    }
    fn wrap(self) -> AnyInstrument {
        AnyInstrument::Histogram(self)
    }
    fn unwrap(any: &AnyInstrument) -> Option<&Self> {
        if let AnyInstrument::Histogram(instrument) = any { Some(instrument) } else { None }
    }
}

/// Every instrument built so far, so that none is built twice: the SDK would export both.
#[derive(Default)]
pub(super) struct Instruments(RwLock<HashMap<&'static str, AnyInstrument>>);

impl Instruments {
    pub(super) fn get<B: FromInstrument>(&self, name: &'static str) -> Option<B> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(name).and_then(B::unwrap).cloned()
    }

    pub(super) fn get_or_build<B: FromInstrument>(&self, name: &'static str, build: impl FnOnce() -> B) -> Option<B> {
        if let Some(known) = self.get(name) {
            return Some(known);
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        B::unwrap(known.entry(name).or_insert_with(|| build().wrap())).cloned()
    }
}
