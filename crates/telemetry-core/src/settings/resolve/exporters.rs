//! Where each signal goes, as far as it is built in.

use super::layers::Layers;
use super::otlp::{self, ResolvedOtlp};
use crate::setting::SettingsError;

/// How spans are exported over OTLP, if they are.
pub(super) fn traces(layers: &Layers) -> Result<Option<ResolvedOtlp>, SettingsError> {
    let settings = &layers.settings;
    let otlp = otlp::resolve(layers, "traces", &settings.otlp.traces, settings.batch.spans.export_timeout)?;
    Ok(settings.exporters.traces().otlp.then_some(otlp))
}

/// How metrics are exported over OTLP, if they are.
pub(super) fn metrics(layers: &Layers) -> Result<Option<ResolvedOtlp>, SettingsError> {
    let settings = &layers.settings;
    let otlp = otlp::resolve(layers, "metrics", &settings.otlp.metrics, settings.metrics.export_timeout)?;
    Ok(settings.exporters.metrics().otlp.then_some(otlp))
}

/// How log records are exported over OTLP, if they are.
pub(super) fn logs(layers: &Layers) -> Result<Option<ResolvedOtlp>, SettingsError> {
    let settings = &layers.settings;
    let otlp = otlp::resolve(layers, "logs", &settings.otlp.logs, settings.batch.logs.export_timeout)?;
    Ok(settings.exporters.logs().otlp.then_some(otlp))
}
