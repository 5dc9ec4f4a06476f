//! Which events are taken, by level and target, and how that is changed while the process runs.

use std::fmt;
use std::str::FromStr as _;
use std::sync::Arc;
#[cfg(feature = "otlp")]
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use tracing::subscriber::Interest;
use tracing::{Metadata, callsite};
#[cfg(feature = "otlp")]
use tracing_log::{AsLog as _, log};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Filter};

use crate::setting::{SettingsError, without_last};

/// What is accepted of levels.
pub(crate) const ACCEPTED: &str = "off, error, warn, info, debug or trace, then target=level, separated by commas";

/// Which events are taken: a level, and levels by target. A filter of layers, whose clones are one: a change by
/// [`set`](Self::set) holds for all of them, and for every thread, from then on.
///
/// ```
/// use telemetry_core::LogLevels;
///
/// let levels = LogLevels::new("info,shop::checkout=debug")?;
/// let layer_filter = levels.clone();
/// levels.set("warn")?;
/// assert_eq!(layer_filter.to_string(), "warn");
/// assert!(levels.set("loud").is_err() && levels.to_string() == "warn");
/// # Ok::<(), telemetry_core::SettingsError>(())
/// ```
#[derive(Clone)]
pub struct LogLevels(Arc<ArcSwap<Targets>>);

impl LogLevels {
    /// These levels, as the setting `logs.level` has them: `info`, or `warn,shop::checkout=debug`.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] where it is none.
    pub fn new(levels: &str) -> Result<Self, SettingsError> {
        read(levels).map(Self::of)
    }

    pub(crate) fn of(targets: Targets) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(targets)))
    }

    /// Takes these levels from now on.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] where it is none; then it stays as it was.
    pub fn set(&self, levels: &str) -> Result<(), SettingsError> {
        self.0.store(Arc::new(read(levels)?));
        // Each event's declaration remembers who wanted it.
        callsite::rebuild_interest_cache();
        #[cfg(feature = "otlp")]
        if LEADS_LOG.load(Ordering::SeqCst) {
            log::set_max_level(LevelFilter::current().as_log());
        }
        Ok(())
    }

    fn with<T>(&self, ask: impl FnOnce(&Targets) -> T) -> T {
        ask(&self.0.load())
    }

    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        self.with(|targets| targets.would_enable(metadata.target(), metadata.level()))
    }
}

/// Whether the log crate makes records for us.
#[cfg(feature = "otlp")]
static LEADS_LOG: AtomicBool = AtomicBool::new(false);

/// From now on, a change of the levels also says which records the log crate makes.
#[cfg(feature = "otlp")]
pub(crate) fn lead_log() {
    LEADS_LOG.store(true, Ordering::SeqCst);
}

fn read(levels: &str) -> Result<Targets, SettingsError> {
    targets(levels).ok_or_else(|| SettingsError::value("logs.level", format!("{levels:?}"), ACCEPTED))
}

/// The filter of events and spans. `Targets` itself would take a misspelt level for the name of a target, and record
/// nothing else.
pub(crate) fn targets(text: &str) -> Option<Targets> {
    // To `LevelFilter`, nothing is a level.
    let level = |text: &str| {
        Some(text.trim()).filter(|text| !text.is_empty()).and_then(|text| LevelFilter::from_str(text).ok())
    };
    let mut targets = Targets::new();
    for directive in without_last(text, ',').split(',').map(str::trim) {
        targets = match directive.split_once('=') {
            Some((target, of_target)) if !target.trim().is_empty() => {
                targets.with_target(target.trim(), level(of_target)?)
            }
            Some(_) => return None,
            None => targets.with_default(level(directive)?),
        };
    }
    Some(targets)
}

impl<S> Filter<S> for LogLevels {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.wants(metadata) { Interest::always() } else { Interest::never() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.with(|targets| {
            let levels = targets.iter().map(|(_, level)| level).chain(targets.default_level());
            Some(levels.max().unwrap_or(LevelFilter::OFF))
        })
    }
}

impl fmt::Display for LogLevels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with(|targets| write!(f, "{targets}"))
    }
}

impl fmt::Debug for LogLevels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogLevels({self})")
    }
}
