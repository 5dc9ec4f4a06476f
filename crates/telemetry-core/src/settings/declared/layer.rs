//! All settings of the core that one source may say something of.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::batch::Batches;
use super::exporters::Exporters;
use super::limits::Limits;
use super::logs::Logs;
use super::mask::Mask;
use super::metrics::Metrics;
use super::otlp::Otlp;
use super::prometheus::PrometheusEndpoint;
use super::resource::Resource;
use super::sampling::TracesSampler;
use crate::propagation::{Hosts, PropagatorSet};
use crate::setting::{Node, SettingDef, SettingsError};
use crate::settings::problems::Problems;
use crate::settings::source::Source;

/// One layer of settings: what one source says, `None` where it says nothing.
///
/// The builder edits the layer of [`Settings::default`]; the others come from [`Settings::from_env`] and
/// [`Settings::from_file`]. As a part of an application's own configuration it deserializes in the form of the
/// settings file. The settings of the meter ([`MeterSettings`](crate::MeterSettings)) and of domain crates are groups
/// of their own, which a layer carries as it found them.
///
/// `docs/settings.md` lists every setting with its variable, key, default and what is accepted.
#[derive(crate::Settings, Debug, Clone, PartialEq)]
#[settings(key = "", env = "TELEMETRY", title = "General", about = "What holds for the whole.")]
pub struct Settings {
    /// Turns all telemetry into no-ops. Nothing else is then an error: what is wrong is warned of.
    #[setting(env = "OTEL_SDK_DISABLED", default = false, example = "true")]
    pub disabled: Option<bool>,
    /// A YAML file of further settings.
    #[setting(example = "/etc/telemetry.yaml")]
    pub config_file: Option<PathBuf>,
    /// How long shutting down may take before what is left counts as lost.
    #[setting(default = "5s", accepts = "1ms"..="24h", example = "10s")]
    pub shutdown_timeout: Option<Duration>,
    /// Which headers carry the context between processes.
    #[setting(env = "OTEL_PROPAGATORS", default = PropagatorSet::ALL, example = "tracecontext")]
    pub propagators: Option<PropagatorSet>,
    /// The hosts that `traceparent` and `tracestate` are sent to. A peer without a host, such as a process or an MCP server,
    /// is among `*` alone.
    #[setting(default = Hosts::all(), example = "*.internal,localhost")]
    pub trace_context_to: Option<Hosts>,
    /// The hosts that `baggage` is sent to: none unless they are named, because it holds what the application put into it.
    #[setting(default = Hosts::default(), example = "*.internal,localhost")]
    pub baggage_to: Option<Hosts>,
    /// Who sends the telemetry.
    #[setting(group)]
    pub resource: Resource,
    /// Which exporters each signal has.
    #[setting(group)]
    pub exporters: Exporters,
    /// Export over OTLP/gRPC.
    #[setting(group)]
    pub otlp: Otlp,
    /// Queues and batches of spans and log records.
    #[setting(group)]
    pub batch: Batches,
    /// Which traces are kept.
    #[setting(group)]
    pub sampling: TracesSampler,
    /// How much one span or log record may hold.
    #[setting(group)]
    pub limits: Limits,
    /// Which log events and spans are recorded, and which are printed.
    #[setting(group)]
    pub logs: Logs,
    /// What is taken out of what is exported and written.
    #[setting(group)]
    pub mask: Mask,
    /// How metrics are exported.
    #[setting(group)]
    pub metrics: Metrics,
    /// The endpoint that Prometheus scrapes.
    #[setting(group)]
    pub prometheus: PrometheusEndpoint,
    /// What the source says of the groups' settings.
    #[setting(skip)]
    pub(in crate::settings) entries: Vec<Entry>,
    #[setting(skip)]
    pub(in crate::settings) problems: Problems,
    #[setting(skip)]
    pub(in crate::settings) source: Source,
}

/// A value of a group's setting.
#[derive(Clone, PartialEq)]
pub(in crate::settings) struct Entry {
    pub(in crate::settings) def: &'static SettingDef,
    pub(in crate::settings) node: Node,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.def.key(), self.def.shown(&self.node))
    }
}

impl Settings {
    /// The layer of least weight: the name that the application gives itself, used unless the operator names it
    /// otherwise (`OTEL_SERVICE_NAME`).
    #[must_use]
    pub fn for_service(name: impl Into<String>) -> Self {
        let mut settings = Self::of(Source::Application);
        settings.resource.service_name = Some(name.into());
        settings
    }

    /// What this source says, nothing so far.
    pub(in crate::settings) fn of(source: Source) -> Self {
        Self { source, ..Self::default() }
    }

    /// These settings, unless they are refused, which nothing is where the telemetry is turned off.
    pub(in crate::settings) fn or_refused(self) -> Result<Self, SettingsError> {
        if !self.disabled() {
            self.problems.first()?;
        }
        Ok(self)
    }
}
