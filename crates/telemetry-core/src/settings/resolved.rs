//! All settings, complete and checked.

use std::time::Duration;

use opentelemetry_sdk::metrics::Temporality;
use tracing_subscriber::filter::Targets;

use super::groups::Groups;
use super::layers::Layers;
use super::{
    Console, ExporterSet, PropagatorSet, ResolvedBatch, ResolvedLimits, ResolvedOtlp, ResolvedPrometheus,
    ResolvedResource, Settings, SettingsError, batch, check, exporters, file, limits, logs, metrics, otlp, prometheus,
    resource, sampling,
};
use crate::MeterSettings;
use crate::trace::Sampling;

/// Settings that are complete, checked, and parsed to the last.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ResolvedSettings {
    /// Whether all telemetry is turned off.
    pub disabled: bool,
    /// Who sends the telemetry.
    pub resource: ResolvedResource,
    /// How spans are exported over OTLP, if they are.
    pub traces: Option<ResolvedOtlp>,
    /// How metrics are exported over OTLP, if they are.
    pub metrics: Option<ResolvedOtlp>,
    /// How log records are exported over OTLP, if they are.
    pub logs: Option<ResolvedOtlp>,
    /// The queue of spans.
    pub span_batch: ResolvedBatch,
    /// The queue of log records.
    pub log_batch: ResolvedBatch,
    /// How often metrics are exported.
    pub metric_interval: Duration,
    /// What the sums of metrics start from.
    pub temporality: Temporality,
    /// What the meter is built with.
    pub meter: MeterSettings,
    /// Which traces are kept.
    pub sampling: Sampling,
    /// How much one span or log record may hold.
    pub limits: ResolvedLimits,
    /// Which headers carry the context between processes.
    pub propagators: PropagatorSet,
    /// Which log events and spans are recorded.
    pub log_filter: Targets,
    /// How the application's events are printed.
    pub console: Console,
    /// The endpoint that Prometheus scrapes, if there is one.
    pub prometheus: Option<ResolvedPrometheus>,
    /// How long shutting down may take.
    pub shutdown_timeout: Duration,
}

const SHUTDOWN: &str = "shutdown_timeout";
const CONFIG_FILE: &str = "config_file";

impl ResolvedSettings {
    /// Lays the layers over each other, in the order of their sources and not of the list, reads the settings file if
    /// one of them names it, fills in the defaults and checks the whole.
    ///
    /// # Errors
    ///
    /// The first value that is not accepted, under the name that it was set by. Files that settings name (certificates,
    /// keys, tokens) are read here, so they have to exist.
    pub fn resolve(layers: impl IntoIterator<Item = Settings>) -> Result<Self, SettingsError> {
        Self::resolve_with(layers, Groups::default())
    }

    /// The same, with the settings of these groups.
    pub(crate) fn resolve_with(
        layers: impl IntoIterator<Item = Settings>,
        groups: Groups,
    ) -> Result<Self, SettingsError> {
        let mut list: Vec<Settings> = layers.into_iter().collect();
        let mut layers = Layers::new(list.clone());
        if let Some(path) = &layers.settings.config_file {
            list.push(file::read(path, layers.name(CONFIG_FILE), &groups)?);
            layers = Layers::new(list.clone());
        }
        list.sort_by(|a, b| b.source.cmp(&a.source));
        let mut problems = Vec::new();
        let domains = groups.resolve(&list.iter().collect::<Vec<_>>(), &mut problems);
        if let Some(problem) = problems.into_iter().next() {
            return Err(problem);
        }
        let layers = &layers;
        let settings = &layers.settings;
        let (span_batch, log_batch) = batch::resolve(layers)?;
        let metric_interval = metrics::interval(layers)?;
        let traces = otlp::resolve(layers, "traces", &settings.otlp.traces, settings.batch.spans.export_timeout)?;
        let metrics = otlp::resolve(layers, "metrics", &settings.otlp.metrics, settings.metrics.export_timeout)?;
        let logs = otlp::resolve(layers, "logs", &settings.otlp.logs, settings.batch.logs.export_timeout)?;
        let exporters = exporters::resolve(layers)?;
        let exported = |set: ExporterSet, otlp: ResolvedOtlp| set.otlp.then_some(otlp);
        Ok(Self {
            disabled: settings.disabled.unwrap_or(false),
            resource: resource::resolve(layers)?,
            traces: exported(exporters.traces, traces),
            metrics: exported(exporters.metrics, metrics),
            logs: exported(exporters.logs, logs),
            span_batch,
            log_batch,
            metric_interval,
            temporality: settings.metrics.temporality.unwrap_or_default(),
            meter: MeterSettings { domains, ..metrics::meter(layers)? },
            sampling: sampling::resolve(layers)?,
            limits: limits::resolve(layers),
            propagators: settings.propagators.unwrap_or(PropagatorSet::ALL),
            log_filter: logs::resolve(layers)?,
            console: settings.logs.console.unwrap_or(Console::Auto),
            prometheus: prometheus::resolve(layers)?,
            shutdown_timeout: check::duration(layers, SHUTDOWN, settings.shutdown_timeout, Duration::from_secs(5))?,
        })
    }
}
