//! Settings of the telemetry pipeline: where they come from, what they may be, what they become.
//!
//! A [`Settings`] is one layer: every field is optional, because a layer says only what its source
//! says. [`ResolvedSettings::resolve`] lays the layers over each other, fills in the defaults and
//! checks the whole, so that what the exporters are built from holds nothing that could still be wrong.
//!
//! The order, first come first served: builder, environment, file, the application's own defaults
//! ([`Settings::for_service`]). An environment variable that is set to nothing counts as unset.
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

mod batch;
mod check;
mod choice;
mod duration;
mod endpoint;
mod env;
mod exporters;
mod file;
mod groups;
mod layers;
mod limits;
mod list;
mod logs;
mod metrics;
mod node;
mod otlp;
mod prometheus;
mod propagators;
mod resolved;
mod resource;
mod sampling;
mod secret;
mod tls;
mod variable;

use std::path::PathBuf;
use std::time::Duration;

pub use crate::semconv::Semconv;
pub use crate::setting::SettingsError;
pub use batch::{Batch, Batches, ResolvedBatch};
pub use choice::{Compression, Console, HistogramAggregation, Protocol, SamplerKind};
pub use exporters::{ExporterSet, Exporters};
pub use limits::{Limits, ResolvedLimits};
pub use list::{Attributes, Buckets, Headers};
pub use logs::Logs;
pub use metrics::Metrics;
pub use otlp::{Otlp, OtlpSignal, ResolvedOtlp};
pub use prometheus::{PrometheusEndpoint, ResolvedPrometheus};
pub use resolved::ResolvedSettings;
pub use resource::{ResolvedResource, Resource};
pub use sampling::Sampling;
pub use secret::{Secret, Url};
pub use tls::{ClientIdentity, ClientTls};
pub use variable::{Variable, variables};

pub use crate::propagation::PropagatorSet;

pub(crate) use env::Variables;
pub(crate) use groups::Groups;
use layers::Source;

use crate::setting::{Node, SettingDef};

/// One layer of settings: what one source says, `None` where it says nothing.
///
/// The builder edits the layer of [`Settings::default`]; the others come from [`Settings::from_env`] and
/// [`Settings::from_file`]. As a part of an application's own configuration it deserializes in the form of the
/// settings file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// Turns all telemetry into no-ops: `OTEL_SDK_DISABLED`. Default: false.
    pub disabled: Option<bool>,
    /// Which exporters each signal has.
    pub exporters: Exporters,
    /// Export over OTLP/gRPC.
    pub otlp: Otlp,
    /// Queues and batches of spans and log records.
    pub batch: Batches,
    /// Export of metrics, and what guards their number.
    pub metrics: Metrics,
    /// Who sends the telemetry.
    pub resource: Resource,
    /// Which traces are kept.
    pub sampling: Sampling,
    /// How much one span or log record may hold.
    pub limits: Limits,
    /// Which headers carry the context between processes: `OTEL_PROPAGATORS`, a comma-separated list of
    /// `tracecontext`, `baggage`, or `none`. Default: `tracecontext,baggage`.
    pub propagators: Option<PropagatorSet>,
    /// Which log events and spans are recorded.
    pub logs: Logs,
    /// The endpoint that Prometheus scrapes.
    pub prometheus: PrometheusEndpoint,
    /// Which metrics of the OpenTelemetry semantic conventions are recorded beside our own: `TELEMETRY_SEMCONV`, a
    /// comma-separated list of `gen_ai`, `mcp`, `http`, `db`. Default: none.
    pub semconv: Option<Vec<Semconv>>,
    /// How long shutting down may take before what is left counts as lost: `TELEMETRY_SHUTDOWN_TIMEOUT`, such as
    /// `5s`. Default: 5 s.
    pub shutdown_timeout: Option<Duration>,
    /// A YAML file of further settings: `TELEMETRY_CONFIG_FILE`. Default: none.
    pub config_file: Option<PathBuf>,
    /// What the source says of the groups' settings.
    entries: Vec<(&'static SettingDef, Node)>,
    source: Source,
}

impl Settings {
    /// The layer of least weight: the name that the application gives itself, used unless the operator names it
    /// otherwise (`OTEL_SERVICE_NAME`).
    #[must_use]
    pub fn for_service(name: impl Into<String>) -> Self {
        let mut settings = Self { source: Source::Application, ..Self::default() };
        settings.resource.service_name = Some(name.into());
        settings
    }
}
