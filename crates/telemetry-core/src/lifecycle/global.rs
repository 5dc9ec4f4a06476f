//! What there is one of in a process.

use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::global;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry};

use super::error::InitError;
use super::layers;
use super::telemetry::Telemetry;
use crate::Meter;
use crate::propagation::StrictPropagator;
use crate::settings::ResolvedSettings;

/// A layer of the subscriber, the application's or ours.
pub(super) type OwnLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// What the subscriber is made of beside our layers.
pub(super) struct Subscriber {
    pub(super) layers: Vec<OwnLayer>,
    pub(super) diagnostics: bool,
}

static CLAIMED: AtomicBool = AtomicBool::new(false);

/// The right to initialize the process's telemetry; given back unless it is kept.
pub(super) struct Claim {
    kept: bool,
}

impl Claim {
    pub(super) fn take() -> Result<Self, InitError> {
        match CLAIMED.swap(true, Ordering::SeqCst) {
            false => Ok(Self { kept: false }),
            true => Err(InitError::AlreadyInitialized),
        }
    }

    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.kept {
            CLAIMED.store(false, Ordering::SeqCst);
        }
    }
}

/// Whether everything can be installed. Asked before anything starts, because what is global cannot be taken back.
pub(super) fn check(with_subscriber: bool) -> Result<(), InitError> {
    if with_subscriber && tracing::dispatcher::has_been_set() {
        return Err(InitError::SubscriberSet);
    }
    if Meter::global().settings().is_some() {
        return Err(InitError::MeterInstalled);
    }
    Ok(())
}

pub(super) fn install(
    telemetry: &Telemetry,
    subscriber: Option<Subscriber>,
    settings: &ResolvedSettings,
) -> Result<(), InitError> {
    if let Some(subscriber) = subscriber {
        install_subscriber(telemetry, subscriber)?;
    }
    if telemetry.meter_provider().is_some() {
        telemetry.meter().install_global().map_err(|_| InitError::MeterInstalled)?;
    } else {
        telemetry.meter().install_settings();
    }
    if let Some(provider) = telemetry.meter_provider() {
        global::set_meter_provider(provider.clone());
    }
    if let Some(provider) = telemetry.tracer_provider() {
        global::set_tracer_provider(provider.clone());
    }
    telemetry.install_sampling();
    global::set_text_map_propagator(StrictPropagator::new(settings.propagators));
    Ok(())
}

fn install_subscriber(telemetry: &Telemetry, subscriber: Subscriber) -> Result<(), InitError> {
    let mut all = subscriber.layers;
    all.extend(telemetry.span_layer().map(Layer::boxed));
    all.extend(telemetry.log_layer().map(Layer::boxed));
    if subscriber.diagnostics && telemetry.exports() {
        all.push(layers::export_diagnostics().boxed());
    }
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(all))
        .map_err(|_| InitError::SubscriberSet)
}
