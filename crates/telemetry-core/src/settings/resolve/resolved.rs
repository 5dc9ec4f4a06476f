//! All settings, complete and checked.

use std::time::Duration;

use opentelemetry_sdk::metrics::Temporality;
use tracing_subscriber::filter::Targets;

use super::batch::{self, ResolvedBatch};
use super::layers::Layers;
use super::limits::{self, ResolvedLimits};
use super::otlp::ResolvedOtlp;
use super::prometheus::{self, ResolvedPrometheus};
use super::resource::{self, ResolvedResource};
use super::{exporters, sampling};
use crate::MeterSettings;
use crate::levels::targets;
use crate::mask::Masker;
use crate::propagation::{Destinations, PropagatorSet};
use crate::setting::SettingsError;
use crate::settings::declared::{Console, Settings};
use crate::settings::problems::{Problems, Warning};
use crate::settings::read::{Groups, read_file};
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
    /// To which hosts the context goes.
    pub destinations: Destinations,
    /// Which events are recorded and printed.
    pub log_filter: Targets,
    /// Whether somebody said which, or it is the default.
    pub log_filter_is_set: bool,
    /// What is known to be a secret.
    pub masker: Masker,
    /// Whether secrets are taken out of what is exported.
    pub mask_export: bool,
    /// Which `tracing` spans become spans of a trace.
    pub span_filter: Targets,
    /// How the application's events are printed.
    pub console: Console,
    /// The endpoint that Prometheus scrapes, if there is one.
    pub prometheus: Option<ResolvedPrometheus>,
    /// How long shutting down may take.
    pub shutdown_timeout: Duration,
    /// What is wrong and no reason not to start.
    pub warnings: Vec<Warning>,
}

const CONFIG_FILE: &str = "config_file";

impl ResolvedSettings {
    /// Lays the layers over each other, in the order of their sources and not of the list, reads the settings file if
    /// one of them names it, fills in the defaults and checks the whole.
    ///
    /// # Errors
    ///
    /// The first value that is not accepted, under the name that it was set by, also of a layer that another outranks;
    /// unless the telemetry is turned off, which makes [`warnings`](Self::warnings) of all of them. Files that settings
    /// name (certificates, keys, tokens) are read here, so they have to exist.
    pub fn resolve(layers: impl IntoIterator<Item = Settings>) -> Result<Self, SettingsError> {
        Self::resolve_with(layers, Groups::default())
    }

    /// The same, with the settings of these groups.
    pub(crate) fn resolve_with(
        layers: impl IntoIterator<Item = Settings>,
        groups: Groups,
    ) -> Result<Self, SettingsError> {
        let mut list: Vec<Settings> = layers.into_iter().collect();
        list.sort_by(|a, b| b.source.cmp(&a.source));
        let named = Layers::new(&list, &mut Problems::default());
        if let Some(path) = &named.settings.config_file {
            list.push(read_file(path, &named.name(CONFIG_FILE), &groups));
            list.sort_by(|a, b| b.source.cmp(&a.source));
        }
        let mut problems = Problems::default();
        for layer in &mut list {
            problems.append(std::mem::take(&mut layer.problems));
        }
        let layers = Layers::new(&list, &mut problems);
        let mut domains = groups.resolve(&list, &mut problems);
        let mut meter: MeterSettings = domains.take();
        meter.domains.extend(domains);
        let mut resolved = Self::of(&layers, meter, &mut problems);
        if !resolved.disabled {
            problems.first()?;
        }
        resolved.warnings = problems.into_warnings();
        Ok(resolved)
    }

    /// Fills in the defaults. What is a problem is left out, or as good as it can be.
    fn of(layers: &Layers, meter: MeterSettings, problems: &mut Problems) -> Self {
        let settings = &layers.settings;
        Self {
            disabled: settings.disabled(),
            resource: resource::resolve(layers, problems),
            traces: problems.keep(exporters::traces(layers)).flatten(),
            metrics: problems.keep(exporters::metrics(layers)).flatten(),
            logs: problems.keep(exporters::logs(layers)).flatten(),
            span_batch: batch::spans(layers, problems),
            log_batch: batch::logs(layers, problems),
            metric_interval: settings.metrics.export_interval(),
            temporality: settings.metrics.temporality(),
            meter,
            sampling: sampling::resolve(layers, problems),
            limits: limits::resolve(layers),
            propagators: settings.propagators(),
            destinations: Destinations { trace_context: settings.trace_context_to(), baggage: settings.baggage_to() },
            // Every layer's level was looked at by itself before.
            log_filter: targets(&settings.logs.level()).unwrap_or_default(),
            log_filter_is_set: settings.logs.level.is_some(),
            masker: Masker::new(settings.mask.names.iter().flatten(), settings.mask.patterns.iter().flatten()),
            mask_export: settings.mask.export(),
            span_filter: targets(&settings.sampling.level()).unwrap_or_default(),
            console: settings.logs.console(),
            prometheus: problems.keep(prometheus::resolve(layers)).flatten(),
            shutdown_timeout: settings.shutdown_timeout(),
            warnings: Vec::new(),
        }
    }
}
