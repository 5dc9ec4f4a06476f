//! The meter as it is held and handed on: one of its own, the global one, or none.

use std::any::Any;
use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use super::context::Context;
use super::settings::MeterSettings;
use crate::setting::{DomainSettings, SettingsGroup};

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
/// # Ok::<(), telemetry_core::SettingsError>(())
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
    /// Nothing is recorded, but what domains are told to do they do all the same.
    Noop(Option<Arc<DomainSettings>>),
}

static GLOBAL: OnceLock<Arc<Context>> = OnceLock::new();

/// The domains' settings of a process that records no metrics.
static UNMEASURED: OnceLock<Arc<DomainSettings>> = OnceLock::new();

/// What waits for the global meter.
static WAITING: Mutex<Vec<Box<dyn FnOnce() + Send>>> = Mutex::new(Vec::new());

/// Runs what has waited, without the lock.
fn begin_waiting() {
    let waiting = mem::take(&mut *WAITING.lock().unwrap_or_else(PoisonError::into_inner));
    waiting.into_iter().for_each(|begin| begin());
}

impl Meter {
    /// The meter that [`install_global`](Self::install_global) installs. Until then a measurement is a cheap no-op;
    /// groups made earlier work from then on.
    #[must_use]
    pub fn global() -> Self {
        GLOBAL.get().map_or(Self(Source::Global), |context| Self(Source::Own(Arc::clone(context))))
    }

    /// Whether the process's telemetry is set up, so that what the global meter carries is final.
    pub(crate) fn global_is_set_up() -> bool {
        GLOBAL.get().is_some() || UNMEASURED.get().is_some()
    }

    /// A meter that records nothing.
    #[must_use]
    pub fn noop() -> Self {
        Self(Source::Noop(None))
    }

    /// A meter that records nothing, and has the settings of domains all the same.
    #[cfg(feature = "otlp")]
    pub(crate) fn noop_with(domains: DomainSettings) -> Self {
        Self(Source::Noop(Some(Arc::new(domains))))
    }

    /// Makes this the meter that [`Meter::global`] stands for.
    ///
    /// # Errors
    ///
    /// [`AlreadyInstalled`] if there is one, or if this is itself no real meter.
    pub fn install_global(&self) -> Result<(), AlreadyInstalled> {
        let context = self.context().ok_or(AlreadyInstalled)?;
        GLOBAL.set(context).map_err(|_| AlreadyInstalled)?;
        begin_waiting();
        Ok(())
    }

    /// Runs this once the global meter is installed.
    pub(crate) fn when_installed(begin: impl FnOnce() + Send + 'static) {
        WAITING.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(begin));
        // It may have come in between.
        if GLOBAL.get().is_some() {
            begin_waiting();
        }
    }

    /// Has the global meter, which records nothing, carry the settings of this one's domains.
    #[cfg(feature = "otlp")]
    pub(crate) fn install_settings(&self) {
        if let Source::Noop(Some(domains)) = &self.0 {
            let _already_there = UNMEASURED.set(Arc::clone(domains));
        }
    }

    /// The settings; `None` for a meter that records nothing (yet).
    #[must_use]
    pub fn settings(&self) -> Option<MeterSettings> {
        self.context().map(|context| context.settings().clone())
    }

    /// The settings of a domain crate, as builder, environment and file say (`TelemetryBuilder::domain`); its defaults
    /// where nobody said anything, and before the global meter is installed.
    #[must_use]
    pub fn settings_of<S: SettingsGroup>(&self) -> S {
        match (self.context(), &self.0) {
            (Some(context), _) => context.settings().domains.of(),
            (None, Source::Noop(Some(domains))) => domains.of(),
            (None, Source::Global) => UNMEASURED.get().map(|domains| domains.of()).unwrap_or_default(),
            (None, _) => S::default(),
        }
    }

    /// The one thing of this type that all who ask this meter for it share, for as long as somebody holds it: what a domain
    /// keeps beside its families, which are shared like that.
    #[doc(hidden)]
    pub fn one<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        match self.context() {
            Some(context) => context.family(|| Arc::new(make())),
            None => Arc::new(make()),
        }
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
            Source::Noop(_) => None,
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

    /// Whether it is the global meter, installed.
    pub(crate) fn is_installed_global(&self) -> bool {
        let installed = GLOBAL.get();
        self.context().is_some_and(|context| installed.is_some_and(|installed| Arc::ptr_eq(&context, installed)))
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
            Source::Noop(_) => "Meter(noop)",
        })
    }
}

/// A global meter is installed once in a process.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the global meter is installed already, or the meter given records nothing")]
pub struct AlreadyInstalled;

crate::debug_as_display!(AlreadyInstalled);
