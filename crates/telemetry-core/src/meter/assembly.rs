//! How a meter is put together: the provider's instruments, and the metrics that the meter keeps of itself.

use std::any::Any;
use std::sync::Arc;

use opentelemetry::metrics as otel;
use opentelemetry::metrics::MeterProvider;

use super::context::Context;
use super::handle::Meter;
use super::settings::MeterSettings;
use crate::def::Kind;
use crate::histograms::Histograms;
use crate::instrument::Heartbeat;
use crate::label::attribute;
use crate::self_metrics::{SelfMetrics, Signal};
use crate::setting::SettingsError;

impl Meter {
    /// A meter that records into the instruments of `provider`.
    ///
    /// Give the SDK's provider [`MeterSettings::view`] too, so that the SDK's own limit of series (2000) does not cut
    /// in below the limits of the settings.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] when a setting is not accepted; it names the setting, the value and what is accepted.
    pub fn with_provider(
        provider: impl MeterProvider + Send + Sync + 'static,
        settings: MeterSettings,
    ) -> Result<Self, SettingsError> {
        settings.validate()?;
        Ok(assemble(provider, settings, None))
    }

    /// A meter that records into the instruments of `provider` except for histograms, which it keeps in `histograms`:
    /// recording into one there takes no lock, and less than half the time. Whoever exports what the provider collects
    /// adds what is in there.
    ///
    /// # Errors
    ///
    /// As [`with_provider`](Self::with_provider).
    pub fn with_histograms(
        provider: impl MeterProvider + Send + Sync + 'static,
        settings: MeterSettings,
        histograms: &Histograms,
    ) -> Result<Self, SettingsError> {
        settings.validate()?;
        Ok(assemble(provider, settings, Some(histograms.clone())))
    }

    /// The same, of settings that were checked before.
    #[cfg(feature = "otlp")]
    pub(crate) fn checked(
        provider: impl MeterProvider + Send + Sync + 'static,
        settings: MeterSettings,
        histograms: &Histograms,
    ) -> Self {
        assemble(provider, settings, Some(histograms.clone()))
    }

    /// The meter's metrics of itself, through which an exporter counts what it loses.
    #[must_use]
    pub fn self_metrics(&self) -> SelfMetrics {
        let context = self.context();
        let known = context.as_deref().and_then(Context::account).and_then(|account| {
            let account: &dyn Any = account;
            account.downcast_ref::<SelfMetrics>().cloned()
        });
        known.unwrap_or_else(|| SelfMetrics::new(&Self::noop()))
    }
}

fn assemble(
    provider: impl MeterProvider + Send + Sync + 'static,
    settings: MeterSettings,
    histograms: Option<Histograms>,
) -> Meter {
    let has_histograms = histograms.is_some();
    let context = Context::new(provider, settings, histograms);
    context.set_account(SelfMetrics::new(&Meter::itself(&Arc::downgrade(&context))));
    // Built now because what goes wrong inside a callback is counted there, where nothing can be built.
    for def in SelfMetrics::CATALOGUE.into_iter().filter(|def| def.kind == Kind::Counter) {
        let _ = context.instrument::<otel::Counter<u64>>(def);
    }
    if has_histograms {
        beat(&context);
    }
    Meter::of(context)
}

/// Has every collection find a metric with a value: the SDK's reader exports nothing if there is none, and knows
/// nothing of the histograms. It is the failed exports of metrics, whose rate then has a beginning, too.
fn beat(context: &Context) {
    let Some(failures) = context.instrument::<otel::Counter<u64>>(SelfMetrics::CATALOGUE[0]) else { return };
    let signal = [attribute(Signal::Metrics)];
    context.set_heartbeat(Arc::new(Heartbeat(move || failures.add(0, &signal))));
}
