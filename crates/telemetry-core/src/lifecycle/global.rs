//! What there is one of in a process.

use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::global;
use tracing::level_filters::LevelFilter;
use tracing_log::{AsLog as _, LogTracer};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt as _;

use super::bounded::Bounded;
use super::console::{Said, console, diagnostics, in_place};
use super::error::InitError;
use super::layers::OwnLayer;
use super::output::{LogStart, MakeOutput};
use super::telemetry::Telemetry;
use crate::Meter;
use crate::levels;
use crate::propagation::StrictPropagator;
use crate::settings::{Console, ResolvedSettings};

/// What the subscriber is made of beside our layers.
pub(super) struct Subscriber {
    pub(super) layers: Vec<OwnLayer>,
    /// Whether what the exporter says of itself is printed; where the application does not say, unless it has layers.
    pub(super) diagnostics: Option<bool>,
    /// What takes the console's place.
    pub(super) output: Option<MakeOutput>,
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
    let bridged = subscriber.is_some();
    if let Some(subscriber) = subscriber {
        install_subscriber(telemetry, subscriber, settings)?;
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
    telemetry.set_out(bridged);
    global::set_text_map_propagator(StrictPropagator::new(settings.propagators));
    settings.destinations.clone().install();
    Ok(())
}

fn install_subscriber(
    telemetry: &Telemetry,
    subscriber: Subscriber,
    settings: &ResolvedSettings,
) -> Result<(), InitError> {
    let mut all = subscriber.layers;
    let levels = telemetry.log_levels();
    let said = if subscriber.diagnostics.unwrap_or(all.is_empty()) { Said::Printed } else { Said::Left };
    let of_console = if all.is_empty() { settings.console } else { Console::Off };
    let output = match subscriber.output {
        Some(make) => {
            let prints = matches!(of_console, Console::Json | Console::Auto);
            let output = make(&LogStart { settings, meter: telemetry.meter(), levels, prints })?;
            telemetry.inner.output.keep(output).map(|layer| (in_place(layer, settings, levels, said), prints))
        }
        None => None,
    };
    // For people there is the console's own form, beside an output that has files.
    let in_place = output.as_ref().is_some_and(|(_, prints)| *prints);
    let console = (all.is_empty() && !in_place).then(|| console(settings, levels, said)).flatten();
    let prints = console.is_some() || in_place;
    all.extend(output.map(|(layer, _)| layer));
    all.extend(telemetry.span_layer().map(Layer::boxed));
    all.extend(telemetry.log_layer().map(Layer::boxed));
    all.extend(console);
    if said == Said::Printed && !prints && telemetry.exports() {
        all.push(diagnostics());
    }
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(all))
        .map_err(|_| InitError::SubscriberSet)?;
    Bounded::belong_to_default();
    // Records of the log crate become events. An application that has a logger for them keeps it.
    let taken = LogTracer::builder().with_max_level(LevelFilter::current().as_log()).init();
    if taken.is_ok() {
        levels::lead_log();
    }
    Ok(())
}
