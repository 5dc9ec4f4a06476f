#![doc = include_str!("../README.md")]

// The derives name this crate by its own name, which they are used in too.
extern crate self as telemetry_core;

mod backoff;
mod causes;
pub mod clock;
mod contained;
pub mod conversation;
mod debug;
pub mod def;
mod errors;
#[cfg(feature = "otlp")]
mod export;
mod group;
mod histograms;
mod instrument;
mod label;
#[cfg(feature = "levels")]
mod levels;
#[cfg(feature = "otlp")]
mod lifecycle;
pub mod mask;
mod meter;
mod origin;
mod percent;
#[cfg(feature = "prometheus")]
mod prometheus;
pub mod propagation;
mod readable;
mod regular_file;
pub mod scope;
mod self_metrics;
mod semconv;
pub mod setting;
#[cfg(feature = "otlp")]
pub mod settings;
mod shared;
#[cfg(feature = "otlp")]
mod starts;
mod sync;
mod table;
pub mod text;
pub mod trace;

pub use backoff::{Backoff, BackoffError, Delays};
pub use causes::error_message;
pub use def::{Catalogue, Kind, LabelDef, LabelValues, MetricDef, Namespace, NamespaceError};
pub use errors::{Component, ErrorMetrics, Errors};
#[cfg(feature = "otlp")]
pub use export::LOG_TARGET;
pub use group::{Entity, EntityId, EntityRef, Family, Live, MetricGroup, OTHER, Single, Sink};
pub use histograms::{HistogramData, HistogramPoint, Histograms};
pub use instrument::{
    Counter, CounterAt, CounterValue, Gauge, GaugeAt, Histogram, HistogramAt, Instrument, ObservableCounter,
    ObservableGauge, ObservableUpDownCounter, Observed, UpDownCounter, UpDownCounterAt,
};
pub use label::{Label, LabelSet};
#[cfg(feature = "levels")]
pub use levels::LogLevels;
#[cfg(all(feature = "signals", unix))]
pub use lifecycle::AfterSignal;
#[cfg(feature = "otlp")]
pub use lifecycle::{
    FlushReport, InitError, LogOutput, LogStart, ShutdownReport, SignalReport, Telemetry, TelemetryBuilder,
};
pub use meter::{AlreadyInstalled, Global, Meter, MeterSettings};
pub use origin::Origin;
#[cfg(feature = "prometheus")]
pub use prometheus::{ScrapeError, Scraper};
pub use readable::{Readable, readable};
pub use regular_file::{ReadError, read_regular, read_regular_to_string};
pub use self_metrics::{CertificateUse, SelfMetrics, Signal};
pub use semconv::{Semconv, SemconvSwitch};
pub use setting::{DomainSettings, SettingDef, SettingsError, SettingsGroup};
pub use shared::{Lease, Shared};
pub use telemetry_macros::{Choice, Label, Metrics, Settings};
pub use trace::{Dropped, End, Operation};

/// Every metric of this crate: the error catalogue's and the telemetry's own.
pub const CATALOGUE: Catalogue = Catalogue::new(
    env!("CARGO_PKG_NAME"),
    &[
        ErrorMetrics::CATALOGUE,
        self_metrics::ExportMetrics::CATALOGUE,
        self_metrics::LossMetrics::CATALOGUE,
        self_metrics::OverflowMetrics::CATALOGUE,
        self_metrics::LifeMetrics::CATALOGUE,
        self_metrics::CertificateMetrics::CATALOGUE,
    ],
);

/// For the derives and macros only.
#[doc(hidden)]
pub mod __private {
    pub use crate::causes::fmt_with_causes;
    pub use crate::label::attribute;
    pub use crate::trace::{guard_span, makes_guard_span};
    pub use opentelemetry::KeyValue;
    pub use tracing;
    pub use tracing_core;
}
