//! The meter as it is held and handed on: one of its own, the global one, or none.

use std::fmt;
use std::sync::{Arc, OnceLock, Weak};

use super::context::Context;
use super::settings::MeterSettings;

/// Hands metric groups their instruments; cheap to clone.
///
/// Most applications use the global one, which `Telemetry::init` installs. One with its own OpenTelemetry set-up
/// makes a meter of its provider:
///
/// ```
/// use opentelemetry_sdk::metrics::SdkMeterProvider;
/// use telemetry_core::{Meter, MeterSettings};
///
/// let settings = MeterSettings::default();
/// let provider = SdkMeterProvider::builder().with_view(settings.view()).build();
/// let meter = Meter::with_provider(provider, settings)?;
/// # Ok::<(), telemetry_core::MeterError>(())
/// ```
#[derive(Clone)]
pub struct Meter(Source);

#[derive(Clone)]
enum Source {
    /// Whatever is installed when a measurement comes.
    Global,
    Own(Arc<Context>),
    /// The meter's own metrics, which must not keep it alive.
    Itself(Weak<Context>),
    Noop,
}

static GLOBAL: OnceLock<Arc<Context>> = OnceLock::new();

impl Meter {
    /// The meter that [`install_global`](Self::install_global) installs. Until then a measurement is a cheap no-op;
    /// groups made earlier work from then on.
    #[must_use]
    pub fn global() -> Self {
        GLOBAL.get().map_or(Self(Source::Global), |context| Self(Source::Own(Arc::clone(context))))
    }

    /// A meter that records nothing.
    #[must_use]
    pub fn noop() -> Self {
        Self(Source::Noop)
    }

    /// Makes this the meter that [`Meter::global`] stands for.
    ///
    /// # Errors
    ///
    /// [`AlreadyInstalled`] if there is one, or if this is itself no real meter.
    pub fn install_global(&self) -> Result<(), AlreadyInstalled> {
        let context = self.context().ok_or(AlreadyInstalled)?;
        GLOBAL.set(context).map_err(|_| AlreadyInstalled)
    }

    /// The settings; `None` for a meter that records nothing (yet).
    #[must_use]
    pub fn settings(&self) -> Option<MeterSettings> {
        self.context().map(|context| context.settings().clone())
    }

    pub(super) fn of(context: Arc<Context>) -> Self {
        Self(Source::Own(context))
    }

    pub(crate) fn itself(context: &Weak<Context>) -> Self {
        Self(Source::Itself(Weak::clone(context)))
    }

    pub(crate) fn context(&self) -> Option<Arc<Context>> {
        match &self.0 {
            Source::Global => GLOBAL.get().cloned(),
            Source::Own(context) => Some(Arc::clone(context)),
            Source::Itself(context) => context.upgrade(),
            Source::Noop => None,
        }
    }

    /// This meter with the context that it has by now.
    pub(crate) fn pinned(&self) -> Option<Self> {
        match &self.0 {
            Source::Itself(context) => context.upgrade().map(|_| self.clone()),
            _ => self.context().map(|context| Self(Source::Own(context))),
        }
    }

    /// Whether it is the meter of the meter's own metrics.
    pub(crate) fn is_itself(&self) -> bool {
        matches!(self.0, Source::Itself(_))
    }

    /// Whether a meter without a context may get one later.
    pub(crate) fn is_pending_global(&self) -> bool {
        matches!(self.0, Source::Global)
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::Global => "Meter(global)",
            Source::Own(_) | Source::Itself(_) => "Meter",
            Source::Noop => "Meter(noop)",
        })
    }
}

/// A global meter is installed once in a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the global meter is installed already, or the meter given records nothing")]
pub struct AlreadyInstalled;
