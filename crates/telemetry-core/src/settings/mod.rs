//! Settings of the telemetry pipeline: where they come from, what they may be, what they become.
//!
//! A [`Settings`] is one layer: every field is optional, because a layer says only what its source says.
//! [`ResolvedSettings::resolve`] lays the layers over each other, fills in the defaults and checks the whole, so that what
//! the exporters are built from holds nothing that could still be wrong. What a layer says is checked also where a layer
//! of more weight says something else.
//!
//! The order, first come first served: builder, environment, file, the application's own defaults
//! ([`Settings::for_service`]). What is set to nothing but white space counts as unset.
//!
//! With `OTEL_SDK_DISABLED=true` nothing else is an error: each value that is not accepted is a [`Warning`].
//!
//! ```
//! use telemetry_core::settings::{ResolvedSettings, Settings};
//!
//! let environment = Settings::from_vars([("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317")])?;
//! let resolved = ResolvedSettings::resolve([environment, Settings::for_service("shop")])?;
//! assert_eq!(resolved.resource.service_name, "shop");
//! assert_eq!(resolved.traces.expect("exported unless turned off").endpoint, "http://collector:4317");
//!
//! let bad = Settings::from_vars([("OTEL_TRACES_SAMPLER", "sometimes")]).unwrap_err();
//! assert_eq!(bad.setting(), "OTEL_TRACES_SAMPLER");
//! # Ok::<(), telemetry_core::settings::SettingsError>(())
//! ```

mod declared;
mod problems;
mod read;
mod resolve;
mod source;

pub use crate::propagation::{Hosts, PropagatorSet};
pub use crate::semconv::Semconv;
pub use crate::setting::SettingsError;
pub use declared::{
    Attributes, Batches, Compression, Console, ExporterSet, Exporters, Headers, HistogramAggregation, Limits, LogBatch,
    Logs, Mask, Metrics, Otlp, OtlpSignal, PrometheusEndpoint, Protocol, Resource, SamplerKind, Secret, Settings,
    SpanBatch, TracesSampler, Url,
};
pub use problems::Warning;
pub use read::variables;
pub(crate) use read::{Groups, Variables};
pub use resolve::{
    CertificateExpiry, ClientIdentity, ClientTls, ClientTlsFiles, ResolvedBatch, ResolvedLimits, ResolvedOtlp,
    ResolvedPrometheus, ResolvedResource, ResolvedSettings,
};
